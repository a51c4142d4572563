-- One row per submitted feedback form of Ashby.
with
    mapped as (
        select
            f.source_system,
            f.record_id as feedback_id,
            f.application_id,
            f.submitter_id,
            f.interview_event_id as interview_id,
            f.submitted_at,
            {{ ashby_rating("f.recommendation") }} as rating_code,
            f.observed_at
        from {{ latest_version(ref("stg_ashby__feedback"), "feedback", "submitted_at") }} as f
    )

select *
from {{ canonical_rows("feedback", "mapped") }} as r
