-- One row per person about whom something stands in the way of writing to them: in process now, hired, internal, asked
-- not to be contacted, unsubscribed, rejected for conduct. Who has no row has none of it.
with
    facts as (
        select
            candidate_key,
            status_code = 'active' as is_in_process,
            status_code = 'hired' as is_hired,
            is_closed_for_conduct as is_conduct,
            false as is_internal,
            false as is_do_not_contact,
            false as is_unsubscribed
        from {{ ref("fct_applications") }}
        where not is_prospect and (status_code in ('active', 'hired') or is_closed_for_conduct)
        union all
        select candidate_key, false, false, false, is_internal, has_do_not_contact, false
        from {{ ref("dim_candidates") }}
        where is_internal or has_do_not_contact
        union all
        select candidate_key, false, false, false, false, false, true
        from {{ ref("fct_outreach_messages") }}
        where is_unsubscribed
    )

select
    candidate_key,
    {{ any_true("is_in_process") }} as is_in_process,
    {{ any_true("is_hired") }} as is_hired,
    {{ any_true("is_conduct") }} as is_conduct,
    {{ any_true("is_internal") }} as is_internal,
    {{ any_true("is_do_not_contact") }} as is_do_not_contact,
    {{ any_true("is_unsubscribed") }} as is_unsubscribed
from facts
where candidate_key is not null
group by candidate_key
