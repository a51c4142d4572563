-- One row per version of an opening as Ashby served it, parsed once.
{{
    stage_stream(
        "ashby",
        "openings",
        [
            "opening_state=openingState",
            "is_archived:boolean=isArchived",
            "close_reason_id=closeReasonId",
            "job_ids:list=latestVersion.jobIds",
            "target_start_on:date=latestVersion.targetStartDate",
            "opened_at:timestamp=openedAt",
            "closed_at:timestamp=closedAt",
        ],
    )
}}
