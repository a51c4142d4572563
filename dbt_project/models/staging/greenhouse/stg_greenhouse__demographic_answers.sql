-- One row per version of an answer to a demographic question as Greenhouse served it, parsed once (restricted).
{{
    stage_stream(
        "greenhouse",
        "demographic_answers",
        [
            "application_id",
            "demographic_question_id",
            "demographic_answer_option_id",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
