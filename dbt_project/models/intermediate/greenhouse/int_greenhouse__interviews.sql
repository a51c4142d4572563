-- One row per interview x interviewer of Greenhouse; an interview without interviewers is one row without. The stage
-- is that of the interview's slot in the job's plan. An interviewer from outside has no user: 'external/' and the
-- row's id stand for them.
with
    slots as (
        select source_system, record_id, job_interview_stage_id
        from {{ latest_version(ref("stg_greenhouse__job_interviews"), "job_interviews", "updated_at") }}
    ),
    participants as (
        select
            source_system,
            interview_id,
            coalesce(user_id, 'external/' || record_id) as interviewer_id,
            max(observed_at) as observed_at
        from {{ latest_version(ref("stg_greenhouse__interviewers"), "interviewers", "updated_at") }}
        group by all
    )

select
    {{
        canonical_select(
            "interviews",
            {
                "interview_id": "i.record_id",
                "interviewer_id": "p.interviewer_id",
                "application_id": "i.application_id",
                "status_code": greenhouse_interview_status("i.status"),
                "stage_id": "s.job_interview_stage_id",
                "scheduled_at": "coalesce(i.scheduled_at, i.created_at)",
                "starts_at": "i.starts_at",
                "ends_at": "i.ends_at",
            },
            "i",
        )
    }}
from {{ latest_version(ref("stg_greenhouse__interviews"), "interviews", "updated_at") }} as i
left join participants as p on p.source_system = i.source_system and p.interview_id = i.record_id
left join slots as s on s.source_system = i.source_system and s.record_id = i.job_interview_id
