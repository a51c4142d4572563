-- One row per version of a feedback form as Lever served it, parsed once.
{{
    stage_stream(
        "lever",
        "feedback",
        [
            "opportunity_id=opportunityId",
            "user_id=user",
            "interview_id=interview",
            "type",
            "form:rows.type.value=fields",
            "completed_at:unix_millis=completedAt",
            "deleted_at:unix_millis=deletedAt",
            "created_at:unix_millis=createdAt",
            "updated_at:unix_millis=updatedAt",
        ],
    )
}}
