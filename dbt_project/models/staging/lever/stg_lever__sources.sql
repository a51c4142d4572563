-- One row per version of a source as Lever served it, parsed once.
{{
    stage_stream(
        "lever",
        "sources",
        [
            "name=text",
        ],
    )
}}
