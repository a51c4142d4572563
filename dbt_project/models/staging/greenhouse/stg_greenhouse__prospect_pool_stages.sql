-- One row per version of a stage of a prospect pool as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "prospect_pool_stages",
        [
            "prospect_pool_id",
            "name",
            "sort_order:integer",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
