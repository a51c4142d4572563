-- One row per version of a department or team as Ashby served it, parsed once.
{{
    stage_stream(
        "ashby",
        "departments",
        [
            "name",
            "parent_id=parentId",
            "is_archived:boolean=isArchived",
        ],
    )
}}
