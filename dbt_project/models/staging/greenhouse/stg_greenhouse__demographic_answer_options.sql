-- One row per version of an option of a demographic question as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "demographic_answer_options",
        [
            "demographic_question_id",
            "name",
            "free_form:boolean",
            "decline_to_answer:boolean",
            "active:boolean",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
