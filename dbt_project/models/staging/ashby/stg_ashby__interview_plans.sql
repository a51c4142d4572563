-- One row per version of an interview plan as Ashby served it, parsed once.
{{
    stage_stream(
        "ashby",
        "interview_plans",
        [
            "title",
            "is_archived:boolean=isArchived",
        ],
    )
}}
