-- One row per version of a panel of interviews as Ashby served it, parsed once.
{{
    stage_stream(
        "ashby",
        "interview_schedules",
        [
            "status",
            "application_id=applicationId",
            "interview_stage_id=interviewStageId",
            "events:rows.id.createdAt.startTime.endTime.interviewerUserIds.hasSubmittedFeedback=interviewEvents",
            "created_at:timestamp=createdAt",
            "updated_at:timestamp=updatedAt",
        ],
    )
}}
