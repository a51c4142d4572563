-- One row per version of a candidate in a project of Gem, parsed once.
{{
    stage_stream(
        "gem",
        "project_candidates",
        [
            "project_id",
            "candidate_id",
            "added_at:unix_seconds",
        ],
    )
}}
