-- One row per version of a source as Lever served it, parsed once. Its id is its own text.
{{
    stage_stream(
        "lever",
        "sources",
        [
            "name=text",
        ],
    )
}}
