-- One row per version of a stage of the job plan of an application as Greenhouse served it, parsed once. Rows exist
-- for stages that were never entered (entered_at is null): plans, not visits.
{{
    stage_stream(
        "greenhouse",
        "application_stages",
        [
            "application_id",
            "job_interview_stage_id",
            "current:boolean",
            "entered_at:timestamp",
            "exited_at:timestamp",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
