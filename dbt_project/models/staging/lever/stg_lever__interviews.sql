-- One row per version of an interview as Lever served it, parsed once.
{{
    stage_stream(
        "lever",
        "interviews",
        [
            "opportunity_id=opportunityId",
            "panel_id=panel",
            "stage_id=stage",
            "interviewers:list.id",
            "starts_at:unix_millis=date",
            "duration_minutes:integer=duration",
            "canceled_at:unix_millis=canceledAt",
            "created_at:unix_millis=createdAt",
        ],
    )
}}
