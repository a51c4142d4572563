-- One row per version of a whole stage history of an application as Ashby served it, parsed once.
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
