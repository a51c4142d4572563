-- One row per application with an offer that was extended (what came of it: int_core__offer_outcomes), with its reason
-- and slices. A status alone never says whose act an end was, so a decline without a reason stays a decline with an
-- unknown reason, which the recruiter is asked for; what comes back (decline_answers) stands where the source has no
-- specific reason of its own, beside the source's words.
select
    {{ key("offer", ["o.source_system", "o.offer_id"]) }} as offer_key,
    o.source_system,
    o.offer_id,
    o.application_key,
    a.candidate_key,
    a.job_key,
    a.job_family,
    a.recruiter_key,
    a.hiring_manager_key,
    a.department_key,
    a.office_key,
    a.source_key,
    a.origin_code,
    o.first_extended_at as extended_at,
    {{ local_date("o.first_extended_at") }} as extended_on,
    o.extended_at as last_extended_at,
    o.cohort_at,
    {{ local_date("o.cohort_at") }} as cohort_on,
    o.is_extension_inferred,
    o.resolved_at,
    {{ local_date("o.resolved_at") }} as resolved_on,
    o.is_resolution_inferred,
    o.status_code,
    o.is_reneged,
    coalesce(o.starts_on, a.starts_on) as starts_on,
    cast(o.version_count as integer) as version_count,
    case
        when o.status_code <> 'declined'
        then null
        when w.decline_reason_code is not null and not coalesce(r.is_specific, false)
        then w.decline_reason_code
        when a.close_reason_source_name is null
        then 'unknown'
        else coalesce(r.decline_reason_code, 'unmapped')
    end as decline_reason_code,
    case when o.status_code = 'declined' then a.close_reason_source_name end as decline_reason_source_name,
    case
        when o.status_code = 'declined' then coalesce(r.is_specific, false) or w.decline_reason_code is not null
    end as is_reason_specific,
    case
        when o.status_code = 'declined' and not coalesce(r.is_specific, false) then w.answered_on
    end as decline_answered_on,
    case
        when o.status_code = 'declined' and not coalesce(r.is_specific, false)
        then {{ optional_key("user", ["w.source_system", "w.answered_by_id"]) }}
    end as decline_answered_by_key,
    case
        when not o.is_resolution_inferred then {{ duration_days("o.first_extended_at", "o.resolved_at") }}
    end as days_to_resolve,
    o.application_status_code
from {{ ref("int_core__offer_outcomes") }} as o
inner join {{ ref("fct_applications") }} as a on a.application_key = o.application_key
left join {{ ref("decline_reasons") }} as r on r.decline_reason_code = a.close_reason_code
left join {{ ref("decline_answers") }} as w on w.source_system = o.source_system and w.offer_id = o.offer_id
