-- One row per version of a recruiter, coordinator or sourcer of a job as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "job_owners",
        [
            "job_id",
            "user_id",
            "type",
            "responsible:boolean",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
