-- One row per version of a candidate as Greenhouse served it, parsed once. Names and contacts stay in staging;
-- canonical keeps them apart (candidate_contacts).
{{
    stage_stream(
        "greenhouse",
        "candidates",
        [
            "first_name",
            "last_name",
            "can_email:boolean",
            "private:boolean",
            "linked_user_ids:list",
            "phone_numbers:list.value",
            "email_addresses:list.value",
            "website_addresses:list.value",
            "social_media_addresses:list.value",
            "last_activity_at:timestamp",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
