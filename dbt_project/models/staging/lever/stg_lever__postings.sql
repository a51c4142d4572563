-- One row per version of a posting as Lever served it, parsed once. Team, department and place are bare names. There
-- is no time of publishing or closing.
{{
    stage_stream(
        "lever",
        "postings",
        [
            "name=text",
            "state",
            "owner_id=owner",
            "hiring_manager_id=hiringManager",
            "department_name=categories.department",
            "team_name=categories.team",
            "location_name=categories.location",
            "level_name=categories.level",
            "confidentiality",
            "created_at:unix_millis=createdAt",
            "updated_at:unix_millis=updatedAt",
        ],
    )
}}
