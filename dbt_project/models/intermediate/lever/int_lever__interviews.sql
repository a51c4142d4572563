-- One row per interview x interviewer of Lever; an interview without interviewers is one row without. Lever keeps no
-- status: cancelled by its time of cancelling, complete once it is over, else scheduled.
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
    )

select
    {{
        canonical_select(
            "interviews",
            {
                "interview_id": "i.record_id",
                "interviewer_id": "i.interviewer_id",
                "application_id": "i.opportunity_id",
                "status_code": "case when i.canceled_at is not null then 'cancelled' when i.ends_at < "
                ~ as_of()
                ~ " then 'complete' else 'scheduled' end",
                "stage_id": "i.stage_id",
                "scheduled_at": "i.created_at",
                "starts_at": "i.starts_at",
                "ends_at": "i.ends_at",
            },
            "i",
        )
    }}
from interviews as i
