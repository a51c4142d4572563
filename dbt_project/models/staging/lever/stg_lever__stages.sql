-- One row per version of a stage of the account as Lever served it, parsed once.
{{
    stage_stream(
        "lever",
        "stages",
        [
            "name=text",
        ],
    )
}}
