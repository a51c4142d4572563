-- One row per version of a department as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "departments",
        [
            "name",
            "parent_id",
            "external_id",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
