-- One row per version of a submitted feedback form as Ashby served it, parsed once.
{{
    stage_stream(
        "ashby",
        "feedback",
        [
            "application_id=applicationId",
            "interview_event_id=interviewEventId",
            "submitter_id=submittedByUser.id",
            "recommendation=submittedValues.overall_recommendation",
            "submitted_at:timestamp=submittedAt",
        ],
    )
}}
