-- One row per version of a candidate in a project of Gem, parsed once. A membership has no id of its own.
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
