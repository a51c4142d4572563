-- One row per version of the EEOC answers of an application as Greenhouse served them, parsed once (restricted).
{{
    stage_stream(
        "greenhouse",
        "eeoc",
        [
            "application_id",
            "gender=gender.description",
            "race=race.description",
            "veteran_status=veteran_status.description",
            "disability_status=disability_status.description",
            "submitted_at:timestamp",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
