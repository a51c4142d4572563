-- One row per version of a prospect pool as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "prospect_pools",
        [
            "name",
            "active:boolean",
            "department_ids:list",
            "office_ids:list",
            "job_ids:list",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
