-- One row per version of an approval of a job, or of an offer, as Greenhouse served it, parsed once. approval_type
-- says what is approved: open_job, offer_job, offer_candidate (a flow without offer_id is a prototype).
{{
    stage_stream(
        "greenhouse",
        "approval_flows",
        [
            "job_id",
            "offer_id",
            "approval_type",
            "approval_status",
            "requested_by_id",
            "version:integer",
            "sequential:boolean",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
