-- One row per version of a stage of an interview plan as Ashby served it, parsed once. type is one of Lead,
-- PreInterviewScreen, Active, Offer, Hired, Archived.
{{
    stage_stream(
        "ashby",
        "interview_stages",
        [
            "title",
            "type",
            "interview_plan_id=interviewPlanId",
            "stage_order:integer=orderInInterviewPlan",
        ],
    )
}}
