-- One row per version of an office as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "offices",
        [
            "name",
            "location",
            "parent_id",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
