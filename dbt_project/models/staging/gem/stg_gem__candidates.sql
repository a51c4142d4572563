-- One row per version of a candidate of Gem, parsed once. Times are Unix seconds. Names and contacts stay in staging;
-- canonical keeps them apart (candidate_contacts).
{{
    stage_stream(
        "gem",
        "candidates",
        [
            "created_by",
            "candidate_greenhouse_id",
            "first_name",
            "last_name",
            "emails:list.email_address",
            "phone_number",
            "linked_in_handle",
            "profiles:list.url",
            "sourced_from",
            "created_at:unix_seconds",
            "last_updated_at:unix_seconds",
        ],
    )
}}
