-- One row per scorecard of Greenhouse; a draft has no submission time.
with
    seats as (
        select source_system, scorecard_id, min(interview_id) as interview_id
        from {{ latest_version(ref("stg_greenhouse__interviewers"), "interviewers", "updated_at") }}
        where scorecard_id is not null
        group by all
    ),

    mapped as (
        select
            f.source_system,
            f.record_id as feedback_id,
            f.application_id,
            coalesce(f.submitter_id, f.interviewer_id) as submitter_id,
            s.interview_id as interview_id,
            case when f.status = 'complete' then f.submitted_at end as submitted_at,
            f.candidate_rating as rating_code,
            f.observed_at
        from {{ latest_version(ref("stg_greenhouse__scorecards"), "scorecards", "updated_at") }} as f
        left join seats as s on s.source_system = f.source_system and s.scorecard_id = f.record_id
    )

select *
from {{ canonical_rows("feedback", "mapped") }} as r
