-- One row per webhook that Greenhouse sent, parsed once; observed_at is when it came. Its id is the hash of its
-- bytes, so a repetition is the same row. Payloads have the shape of the older API: each action has a member of its
-- own.
{{
    stage_stream(
        "greenhouse",
        "webhooks",
        [
            "action",
            "application_id=payload.application.id",
            "stage_id=payload.application.current_stage.id",
            "last_activity_at:timestamp=payload.application.last_activity_at",
            "person_id=payload.person.id",
            "new_candidate_id=payload.person.new_candidate_id",
            "deleted_application_ids:list=payload.person.deleted_application_ids",
            "candidate_id=payload.candidate_id",
            "anonymized_fields:list=payload.anonymized_fields",
            "offer_id=payload.offer.id",
            "job_id=payload.job.id",
            "job_interview_stage_id=payload.job_interview_stage.id",
            "interview_id=payload.interview.id",
            "scorecard_id=payload.scorecard.id",
            "department_id=payload.department.id",
            "office_id=payload.office.id",
        ],
    )
}}
