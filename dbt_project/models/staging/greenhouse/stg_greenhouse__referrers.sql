-- One row per version of a referrer as Greenhouse served it, parsed once. user_id is another id space than id.
{{
    stage_stream(
        "greenhouse",
        "referrers",
        [
            "name",
            "user_id",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
