-- One row per interview x interviewer of Greenhouse; an interview without interviewers is one row without.
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
    ),

    mapped as (
        select
            i.source_system,
            i.record_id as interview_id,
            p.interviewer_id as interviewer_id,
            i.application_id,
            {{ greenhouse_interview_status("i.status") }} as status_code,
            s.job_interview_stage_id as stage_id,
            coalesce(i.scheduled_at, i.created_at) as scheduled_at,
            i.starts_at,
            i.ends_at,
            i.observed_at
        from {{ latest_version(ref("stg_greenhouse__interviews"), "interviews", "updated_at") }} as i
        left join participants as p on p.source_system = i.source_system and p.interview_id = i.record_id
        left join slots as s on s.source_system = i.source_system and s.record_id = i.job_interview_id
    )

select *
from {{ canonical_rows("interviews", "mapped") }} as r
