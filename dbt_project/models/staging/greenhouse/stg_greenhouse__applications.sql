-- One row per version of an application (candidate x job, prospects too) as Greenhouse served it, parsed once.
-- applied_at of v1 is created_at here; stage_id is an id of application_stages, not of a stage of the job
-- (docs/sources/greenhouse.md).
{{
    stage_stream(
        "greenhouse",
        "applications",
        [
            "candidate_id",
            "job_id",
            "prospective_job_ids:list",
            "recruiter_id",
            "coordinator_id",
            "referrer_id",
            "source_id",
            "stage_id",
            "stage_name",
            "status",
            "prospect:boolean",
            "rejected_at:timestamp",
            "last_activity_at:timestamp",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
