-- One row per decline that has, or when it was first seen had, no specific reason.
-- The same-day question to the recruiter (O3) starts here and ends here: once the log has seen a specific reason after
-- the unspecific one, the decline is answered, at the end of the load that brought it; or by a line of the company's
-- answers file, on the day it names (not before the decline).
with
    sightings as (
        select
            s.source_system,
            s.application_id,
            s.first_seen_at,
            coalesce(d.is_specific, false) as is_specific,
            row_number() over (
                partition by s.source_system, s.application_id
                order by s.first_seen_at, coalesce(d.is_specific, false), s.close_reason_id
            ) as sighting_number
        from {{ ref("close_reason_sightings") }} as s
        left join
            {{ ref("reason_codes") }} as r
            on r.source_system = s.source_system
            and r.close_reason_id = s.close_reason_id
        left join {{ ref("decline_reasons") }} as d on d.decline_reason_code = r.decline_reason_code
    ),

    seen as (
        select
            source_system,
            application_id,
            max(case when sighting_number = 1 and not is_specific then 1 else 0 end) = 1 as began_unspecific,
            min(case when is_specific then first_seen_at end) as specific_seen_at
        from sightings
        group by source_system, application_id
    ),

    declines as (
        select
            o.*,
            coalesce(o.is_reason_specific, false) as is_answered,
            case
                when o.decline_answered_on is not null
                then greatest({{ first_instant("o.decline_answered_on") }}, o.resolved_at)
                when o.is_reason_specific
                then s.specific_seen_at
            end as answered_at,
            coalesce(s.began_unspecific, false) or o.decline_answered_on is not null as began_unspecific
        from {{ ref("fct_offers") }} as o
        inner join {{ ref("fct_applications") }} as a on a.application_key = o.application_key
        left join seen as s on s.source_system = a.source_system and s.application_id = a.application_id
        where o.status_code = 'declined' and not o.is_resolution_inferred
    )

select
    d.offer_key,
    d.application_key,
    d.job_key,
    d.department_key,
    d.recruiter_key,
    d.resolved_at as declined_at,
    d.decline_reason_code,
    d.decline_reason_source_name,
    d.is_answered,
    d.answered_at,
    d.decline_answered_by_key as answered_by_key,
    case
        when d.answered_at < clock.as_of
        then {{ duration_days("d.resolved_at", "d.answered_at") }}
        else {{ days_so_far("d.resolved_at") }}
    end
    * 24 as hours_open,
    clock.as_of
from declines as d
cross join {{ ref("run_clock") }} as clock
where not d.is_answered or d.began_unspecific
