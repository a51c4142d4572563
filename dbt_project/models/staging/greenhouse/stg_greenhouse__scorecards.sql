-- One row per version of a scorecard as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "scorecards",
        [
            "application_id",
            "interviewer_id",
            "submitter_id",
            "status",
            "candidate_rating",
            "interviewed_at:timestamp",
            "submitted_at:timestamp",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
