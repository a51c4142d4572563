-- One row per version of an act in Gem's exported event log, parsed once. Times are Unix seconds. The export numbers no
-- act and names no sequence, step, subject, link or user on whose behalf it was done.
{{
    stage_stream(
        "gem_export",
        "event_log",
        [
            "happened_at:unix_seconds=timestamp",
            "candidate_id",
            "candidate_greenhouse_id",
            "candidate_first_name",
            "candidate_last_name",
            "candidate_email",
            "user_name",
            "user_email",
            "event_type",
            "event_subtype",
            "event_metadata",
        ],
        is_trimmed=true,
    )
}}
