-- One row per version of a close reason of openings as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "close_reasons",
        [
            "name",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
