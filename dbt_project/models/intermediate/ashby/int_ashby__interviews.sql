-- One row per interview x interviewer of Ashby: the events of each panel; a panel without events yet is one row under
-- its own id.
with
    panels as (
        select * from {{ latest_version(ref("stg_ashby__interview_schedules"), "interview_schedules", "updated_at") }}
    ),
    events as (select * exclude (events), unnest(events) as e from panels),
    seats as (
        select
            source_system,
            observed_at,
            application_id,
            interview_stage_id,
            e.id as interview_id,
            unnest(
                case
                    when length(e.intervieweruserids) > 2
                    then json_transform(e.intervieweruserids, '["VARCHAR"]')
                    else [cast(null as varchar)]
                end
            ) as interviewer_id,
            case when e.hassubmittedfeedback = 'true' then 'Complete' else status end as status,
            coalesce({{ parse_timestamp("e.createdAt") }}, created_at) as scheduled_at,
            {{ parse_timestamp("e.startTime") }} as starts_at,
            {{ parse_timestamp("e.endTime") }} as ends_at
        from events
        union all
        select
            source_system,
            observed_at,
            application_id,
            interview_stage_id,
            record_id,
            cast(null as varchar),
            status,
            created_at,
            cast(null as timestamp),
            cast(null as timestamp)
        from panels
        where coalesce(len(events), 0) = 0
    ),

    mapped as (
        select
            i.source_system,
            i.interview_id,
            i.interviewer_id,
            i.application_id,
            {{ ashby_interview_status("i.status") }} as status_code,
            i.interview_stage_id as stage_id,
            i.scheduled_at,
            i.starts_at,
            i.ends_at,
            i.observed_at
        from seats as i
    )

select *
from {{ canonical_rows("interviews", "mapped") }} as r
