-- One row per version of a reason for closing an opening as Ashby served it, parsed once.
{{
    stage_stream(
        "ashby",
        "close_reasons",
        [
            "name",
            "is_archived:boolean=isArchived",
        ],
    )
}}
