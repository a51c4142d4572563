-- One row per version of a stage of a job plan as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "job_interview_stages",
        [
            "job_id",
            "name",
            "sort_order:integer",
            "active:boolean",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
