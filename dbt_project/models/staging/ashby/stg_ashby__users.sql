-- One row per version of a user as Ashby served it, parsed once.
{{
    stage_stream(
        "ashby",
        "users",
        [
            "first_name=firstName",
            "last_name=lastName",
            "email",
            "is_enabled:boolean=isEnabled",
            "updated_at:timestamp=updatedAt",
        ],
    )
}}
