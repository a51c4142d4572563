-- One row per version of a sequence of Gem, parsed once.
{{
    stage_stream(
        "gem",
        "sequences",
        [
            "user_id",
            "name",
            "created_at:unix_seconds",
        ],
    )
}}
