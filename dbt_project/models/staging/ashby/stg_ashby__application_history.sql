-- One row per version of a whole stage history of an application as Ashby served it, parsed once. Ashby lets users
-- edit it, so the newest version replaces all before it.
{{
    stage_stream(
        "ashby",
        "application_history",
        [
            "application_id=applicationId",
            "history:rows.id.stageId.title.enteredStageAt.leftStageAt.actorId",
        ],
    )
}}
