-- One row per version of a user of Gem, parsed once.
{{
    stage_stream(
        "gem",
        "users",
        [
            "name",
            "email",
        ],
    )
}}
