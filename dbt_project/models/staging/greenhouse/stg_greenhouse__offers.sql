-- One row per version of an offer version as Greenhouse served it, parsed once. Every version is a row of its own;
-- sent_on and starts_on are dates.
{{
    stage_stream(
        "greenhouse",
        "offers",
        [
            "version:integer",
            "application_id",
            "job_id",
            "candidate_id",
            "opening_id",
            "status",
            "sent_on:date",
            "starts_on:date",
            "resolved_at:timestamp",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
