-- One row per version of an archive reason as Lever served it, parsed once. type says hired or non-hired, never whose
-- act it was.
{{
    stage_stream(
        "lever",
        "archive_reasons",
        [
            "name=text",
            "status",
            "type",
        ],
    )
}}
