-- One row per version of a prospect as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "prospect_details",
        [
            "application_id",
            "pool_id",
            "pool_stage_id",
            "prospect_owner_id",
            "department_id",
            "office_id",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
