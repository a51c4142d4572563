-- One row per stay of an application in a stage, from Greenhouse.
-- application_stages also lists the stages that the job plans and the application never entered: without an entry
-- time a row is a plan, not a visit (counting them gives 100 % passthrough). An exit is not a pass: a rejection
-- stamps it too. A stay that Greenhouse lists twice, under two ids, is one.
with
    visits as (
        select
            source_system,
            application_id,
            job_interview_stage_id,
            entered_at,
            min(exited_at) as exited_at,
            max(observed_at) as observed_at
        from {{ latest_version(ref("stg_greenhouse__application_stages"), "application_stages", "updated_at") }}
        where entered_at is not null
        group by all
    )

select
    {{
        canonical_select(
            "stage_visits",
            {
                "application_id": "v.application_id",
                "stage_id": "v.job_interview_stage_id",
                "entered_at": "v.entered_at",
                "exited_at": "v.exited_at",
            },
            "v",
        )
    }}
from visits as v
