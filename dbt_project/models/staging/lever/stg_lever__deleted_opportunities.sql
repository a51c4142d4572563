-- One row per version of a deleted opportunity as Lever served it, parsed once.
{{
    stage_stream(
        "lever",
        "deleted_opportunities",
        [
            "contact_id=contact",
            "deleted_at:unix_millis=deletedAt",
        ],
    )
}}
