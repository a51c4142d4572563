-- One row per version of an interviewer of an interview as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "interviewers",
        [
            "interview_id",
            "user_id",
            "scorecard_id",
            "response_status",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
