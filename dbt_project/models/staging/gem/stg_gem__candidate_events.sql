-- One row per version of an event of a candidate in Gem, parsed once.
{{
    stage_stream(
        "gem",
        "candidate_events",
        [
            "candidate_id",
            "user_id",
            "on_behalf_of_user_id",
            "contact_medium",
            "type",
            "subtype",
            "reply_status",
            "happened_at:unix_seconds=timestamp",
        ],
    )
}}
