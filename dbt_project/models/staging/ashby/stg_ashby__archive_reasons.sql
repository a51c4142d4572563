-- One row per version of a reason for archiving as Ashby served it, parsed once. reason_type carries the
-- direction.
{{
    stage_stream(
        "ashby",
        "archive_reasons",
        [
            "text",
            "reason_type=reasonType",
            "is_archived:boolean=isArchived",
        ],
    )
}}
