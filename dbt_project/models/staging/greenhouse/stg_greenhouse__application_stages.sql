-- One row per version of a stage of the job plan of an application as Greenhouse served it, parsed once.
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
