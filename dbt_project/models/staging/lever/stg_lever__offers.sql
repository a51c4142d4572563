-- One row per version of an offer as Lever served it, parsed once.
{{
    stage_stream(
        "lever",
        "offers",
        [
            "opportunity_id=opportunityId",
            "status",
            "form:rows.identifier.value=fields",
            "signatures:json",
            "sent_at:unix_millis=sentAt",
            "approved_at:unix_millis=approvedAt",
            "created_at:unix_millis=createdAt",
        ],
    )
}}
