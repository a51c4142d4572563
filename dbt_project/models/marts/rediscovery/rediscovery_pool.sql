-- One row per past candidate x job family.
-- Past: an application of the family has ended, none of the person's is in process, and they were not hired. Whom the
-- company rejected on the application alone is left out, because nobody met them. Everything here is a filter and none
-- of it an order or a score of a person: best_rating_code says what somebody wrote down. Silver medalist: reached
-- onsite or beyond in the family, not hired, never rejected for conduct, no definite no in the family's scorecards.
with
    ended as (
        select
            a.application_key,
            a.candidate_key,
            coalesce(a.job_family, 'none') as job_family,
            a.furthest_stage_order,
            a.closed_at,
            coalesce(cast(a.closed_at as {{ text_type() }}), '') || a.application_key as place,
            coalesce(a.close_reason_code, '') as close_reason_code,
            coalesce(a.close_direction_code, '') as close_direction_code,
            r.best_rating_order,
            coalesce(r.has_strong_no, false) as has_strong_no
        from {{ ref("fct_applications") }} as a
        cross join (select stage_order from {{ ref("dim_stages") }} where stage_code = 'applied') as applied
        left join {{ ref("int_core__application_ratings") }} as r on a.application_key = r.application_key
        where
            a.status_code in ('rejected', 'withdrawn', 'closed')
            and not a.is_prospect
            and a.candidate_key is not null
            and not (a.status_code = 'rejected' and a.furthest_stage_order <= applied.stage_order)
    ),

    pool as (
        select
            candidate_key,
            job_family,
            count(*) as applications_count,
            max(furthest_stage_order) as furthest_stage_order,
            max(closed_at) as last_closed_at,
            {{ at_max("application_key", "place") }} as last_application_key,
            nullif({{ at_max("close_reason_code", "place") }}, '') as close_reason_code,
            nullif({{ at_max("close_direction_code", "place") }}, '') as close_direction_code,
            max(best_rating_order) as best_rating_order,
            {{ any_true("has_strong_no") }} as has_strong_no
        from ended
        group by candidate_key, job_family
    ),

    declined as (
        select candidate_key, coalesce(job_family, 'none') as job_family, max(resolved_at) as declined_offer_at
        from {{ ref("fct_offers") }}
        where status_code = 'declined'
        group by candidate_key, coalesce(job_family, 'none')
    ),

    clicked as (
        select candidate_key
        from {{ ref("fct_outreach_messages") }}
        where candidate_key is not null
        group by candidate_key
        having {{ any_true("is_clicked_human") }} and not {{ any_true("is_replied") }}
    ),

    joined as (
        select
            p.candidate_key,
            p.job_family,
            p.applications_count,
            p.furthest_stage_order,
            p.last_closed_at,
            p.last_application_key,
            p.close_reason_code,
            p.close_direction_code,
            p.best_rating_order,
            p.furthest_stage_order >= onsite.stage_order
            and not p.has_strong_no
            and not coalesce(s.is_conduct, false) as is_silver_medalist,
            d.declined_offer_at,
            k.candidate_key is not null as has_clicked_without_reply,
            c.last_contact_at,
            c.last_contact_by_key,
            c.engaged_until_at,
            case
                when s.is_do_not_contact
                then 'do_not_contact'
                when s.is_unsubscribed
                then 'unsubscribed'
                when
                    {{ add_days("greatest(p.last_closed_at, c.last_contact_at)", var("retention_days")) }}
                    <= clock.as_of
                then 'retention'
                when c.engaged_until_at > clock.as_of
                then 'engaged'
            end as contact_hindrance_code,
            clock.as_of
        from pool as p
        cross join {{ ref("run_clock") }} as clock
        cross join (select stage_order from {{ ref("dim_stages") }} where stage_code = 'onsite') as onsite
        left join {{ ref("int_marts__person_standing") }} as s on p.candidate_key = s.candidate_key
        left join {{ ref("int_marts__person_contacts") }} as c on p.candidate_key = c.candidate_key
        left join declined as d on p.candidate_key = d.candidate_key and p.job_family = d.job_family
        left join clicked as k on p.candidate_key = k.candidate_key
        where not coalesce(s.is_in_process or s.is_hired or s.is_internal, false)
    )

select
    j.candidate_key,
    j.job_family,
    j.applications_count,
    j.last_application_key,
    stage.stage_code as furthest_stage_code,
    stage.stage_order as furthest_stage_order,
    j.is_silver_medalist,
    rating.rating_code as best_rating_code,
    j.close_reason_code,
    j.close_direction_code,
    j.last_closed_at,
    j.declined_offer_at,
    j.has_clicked_without_reply,
    j.last_contact_at,
    j.last_contact_by_key,
    j.engaged_until_at,
    j.contact_hindrance_code is null as is_contactable,
    j.contact_hindrance_code,
    j.as_of
from joined as j
inner join {{ ref("dim_stages") }} as stage on j.furthest_stage_order = stage.stage_order
left join {{ ref("feedback_ratings") }} as rating on j.best_rating_order = rating.rating_order
