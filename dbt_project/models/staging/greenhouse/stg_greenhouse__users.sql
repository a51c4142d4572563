-- One row per version of a user as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "users",
        [
            "first_name",
            "last_name",
            "primary_email",
            "deactivated:boolean",
            "site_admin:boolean",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
