-- One row per version of an application, leads too as Ashby served it, parsed once. An archived one stands in the
-- stage Archived; who ended it is in its reason's type.
{{
    stage_stream(
        "ashby",
        "applications",
        [
            "candidate_id=candidate.id",
            "job_id=job.id",
            "status",
            "stage_id=currentInterviewStage.id",
            "stage_type=currentInterviewStage.type",
            "source_id=source.id",
            "credited_to_id=creditedToUser.id",
            "archive_reason_id=archiveReason.id",
            "archive_reason_type=archiveReason.reasonType",
            "archive_reason_text=archiveReason.text",
            "hiring_team:rows.userId.role=hiringTeam",
            "created_at:timestamp=createdAt",
            "updated_at:timestamp=updatedAt",
            "archived_at:timestamp=archivedAt",
        ],
    )
}}
