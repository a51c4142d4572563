-- One row per submitted feedback form of Ashby. The rating is the answer to "overall recommendation", on the usual
-- scale of 1 to 4 or in its words; a form without one has no rating.
select
    {{
        canonical_select(
            "feedback",
            {
                "feedback_id": "f.record_id",
                "application_id": "f.application_id",
                "submitter_id": "f.submitter_id",
                "interview_id": "f.interview_event_id",
                "submitted_at": "f.submitted_at",
                "rating_code": ashby_rating("f.recommendation"),
            },
            "f",
        )
    }}
from {{ latest_version(ref("stg_ashby__feedback"), "feedback", "submitted_at") }} as f
