-- One row per version of a rejection of an application as Greenhouse served it, parsed once.
{{
    stage_stream(
        "greenhouse",
        "rejection_details",
        [
            "application_id",
            "rejection_reason_id",
            "rejected_by_id",
            "rejected_at:timestamp",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
