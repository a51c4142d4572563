-- One row per version of a hiring manager of a job as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "job_hiring_managers",
        [
            "job_id",
            "user_id",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
