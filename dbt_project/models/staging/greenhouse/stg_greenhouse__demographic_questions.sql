-- One row per version of a demographic question as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "demographic_questions",
        [
            "name",
            "demographic_question_set_id",
            "answer_type",
            "active:boolean",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
