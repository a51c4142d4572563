-- One row per version of an offer with all its versions as Ashby served it, parsed once.
{{
    stage_stream(
        "ashby",
        "offers",
        [
            "application_id=applicationId",
            "acceptance_status=acceptanceStatus",
            "offer_status=offerStatus",
            "versions:rows.id.createdAt.startDate.openingId.approvalStatus",
            "decided_at:timestamp=decidedAt",
        ],
    )
}}
