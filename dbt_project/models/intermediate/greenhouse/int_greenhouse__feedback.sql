-- One row per scorecard of Greenhouse; a draft has no submission time. Its interview is the one whose interviewer row
-- names the scorecard.
with
    seats as (
        select source_system, scorecard_id, min(interview_id) as interview_id
        from {{ latest_version(ref("stg_greenhouse__interviewers"), "interviewers", "updated_at") }}
        where scorecard_id is not null
        group by all
    )

select
    {{
        canonical_select(
            "feedback",
            {
                "feedback_id": "f.record_id",
                "application_id": "f.application_id",
                "submitter_id": "coalesce(f.submitter_id, f.interviewer_id)",
                "interview_id": "s.interview_id",
                "submitted_at": "case when f.status = 'complete' then f.submitted_at end",
                "rating_code": "f.candidate_rating",
            },
            "f",
        )
    }}
from {{ latest_version(ref("stg_greenhouse__scorecards"), "scorecards", "updated_at") }} as f
left join seats as s on s.source_system = f.source_system and s.scorecard_id = f.record_id
