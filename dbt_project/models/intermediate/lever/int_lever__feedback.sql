-- One row per feedback form of Lever that was not deleted; one that is not completed has no submission time.
with
    forms as (
        select
            f.*,
            left(list_filter(f.form, lambda a:a.type = 'score-system' and a.value is not null)[1].value, 1) as score
        from {{ latest_version(ref("stg_lever__feedback"), "feedback", "updated_at") }} as f
        where f.deleted_at is null
    ),

    mapped as (
        select
            f.source_system,
            f.record_id as feedback_id,
            f.opportunity_id as application_id,
            f.user_id as submitter_id,
            f.interview_id,
            f.completed_at as submitted_at,
            case
                f.score when '1' then 'strong_no' when '2' then 'no' when '3' then 'yes' when '4' then 'strong_yes'
            end as rating_code,
            f.observed_at
        from forms as f
    )

select *
from {{ canonical_rows("feedback", "mapped") }} as r
