-- One row per feedback form of Lever that was not deleted; one that is not completed has no submission time. The
-- rating is the form's overall score, 1 to 4.
with
    forms as (
        select
            f.*,
            left(list_filter(f.form, lambda a:a.type = 'score-system' and a.value is not null)[1].value, 1) as score
        from {{ latest_version(ref("stg_lever__feedback"), "feedback", "updated_at") }} as f
        where f.deleted_at is null
    )

select
    {{
        canonical_select(
            "feedback",
            {
                "feedback_id": "f.record_id",
                "application_id": "f.opportunity_id",
                "submitter_id": "f.user_id",
                "interview_id": "f.interview_id",
                "submitted_at": "f.completed_at",
                "rating_code": "case f.score when '1' then 'strong_no' when '2' then 'no' when '3' then 'yes' when '4' then 'strong_yes' end",
            },
            "f",
        )
    }}
from forms as f
