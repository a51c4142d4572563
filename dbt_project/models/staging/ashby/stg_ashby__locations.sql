-- One row per version of a location as Ashby served it, parsed once.
{{
    stage_stream(
        "ashby",
        "locations",
        [
            "name",
            "is_archived:boolean=isArchived",
        ],
    )
}}
