-- One row per version of a user, deactivated ones too as Lever served it, parsed once.
{{
    stage_stream(
        "lever",
        "users",
        [
            "name",
            "email",
            "access_role=accessRole",
            "deactivated_at:unix_millis=deactivatedAt",
            "created_at:unix_millis=createdAt",
        ],
    )
}}
