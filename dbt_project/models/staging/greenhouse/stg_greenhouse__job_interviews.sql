-- One row per version of an interview slot of a job plan as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "job_interviews",
        [
            "job_id",
            "job_interview_stage_id",
            "name",
            "sort_order:integer",
            "scheduling_type",
            "duration:integer",
            "active:boolean",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
