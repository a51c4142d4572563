-- One row per version of an opportunity (a person's candidacy, also a lead without a posting) as Lever served it,
-- parsed once. updatedAt is null on most old ones. Names and contacts stay in staging; canonical keeps them apart
-- (candidate_contacts).
{{
    stage_stream(
        "lever",
        "opportunities",
        [
            "contact_id=contact",
            "name",
            "emails:list",
            "phones:list.value",
            "links:list",
            "origin",
            "sources:list",
            "owner_id=owner",
            "sourced_by_id=sourcedBy",
            "stage_id=stage",
            "stage_changes:rows.toStageId.updatedAt.userId=stageChanges",
            "applications:rows.posting.createdAt.requisitionForHire",
            "archive_reason_id=archived.reason",
            "archived_at:unix_millis=archived.archivedAt",
            "opportunity_location=opportunityLocation",
            "is_contactable:boolean=dataProtection.contact.allowed",
            "created_at:unix_millis=createdAt",
            "updated_at:unix_millis=updatedAt",
            "last_interaction_at:unix_millis=lastInteractionAt",
            "last_advanced_at:unix_millis=lastAdvancedAt",
        ],
    )
}}
