-- One row per interview x interviewer of Lever; an interview without interviewers is one row without.
with
    interviews as (
        select
            i.*,
            i.starts_at + to_minutes(cast(coalesce(i.duration_minutes, 0) as bigint)) as ends_at,
            unnest(
                case
                    when len(coalesce(i.interviewers, [])) = 0
                    then [cast(null as varchar)]
                    else list_distinct(i.interviewers)
                end
            ) as interviewer_id
        from {{ latest_version(ref("stg_lever__interviews"), "interviews") }} as i
    ),

    mapped as (
        select
            i.source_system,
            i.record_id as interview_id,
            i.interviewer_id,
            i.opportunity_id as application_id,
            case
                when i.canceled_at is not null
                then 'cancelled'
                when i.ends_at < {{ as_of() }}
                then 'complete'
                else 'scheduled'
            end as status_code,
            i.stage_id,
            i.created_at as scheduled_at,
            i.starts_at,
            i.ends_at,
            i.observed_at
        from interviews as i
    )

select *
from {{ canonical_rows("interviews", "mapped") }} as r
