-- One row per version of a project of Gem, parsed once.
{{
    stage_stream(
        "gem",
        "projects",
        [
            "user_id",
            "name",
            "privacy_type",
            "is_archived:boolean",
            "created_at:unix_seconds",
        ],
    )
}}
