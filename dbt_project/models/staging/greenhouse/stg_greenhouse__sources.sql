-- One row per version of a source as Greenhouse served it, parsed once. type_name is Greenhouse's strategy.
{{
    stage_stream(
        "greenhouse",
        "sources",
        [
            "name",
            "type_id=type.id",
            "type_name=type.name",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
