-- One row per version of a source as Ashby served it, parsed once. source_type is coarse.
{{
    stage_stream(
        "ashby",
        "sources",
        [
            "title",
            "source_type=sourceType.title",
            "is_archived:boolean=isArchived",
        ],
    )
}}
