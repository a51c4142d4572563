-- One row per version of a job as Greenhouse served it, parsed once. job_family and job_level come from custom fields
-- with those keys, where the company has them.
{{
    stage_stream(
        "greenhouse",
        "jobs",
        [
            "name",
            "requisition_id",
            "status",
            "confidential:boolean",
            "is_template:boolean",
            "copied_from_id",
            "department_id",
            "office_ids:list",
            "opened_at:timestamp",
            "closed_at:timestamp",
            "job_family=custom_fields.job_family",
            "job_level=custom_fields.job_level",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
