-- One row per version of a candidate as Ashby served it, parsed once.
{{
    stage_stream(
        "ashby",
        "candidates",
        [
            "name",
            "email_addresses:list.value=emailAddresses",
            "primary_email=primaryEmailAddress.value",
            "phone_numbers:list.value=phoneNumbers",
            "links:rows.url.type=socialLinks",
            "created_at:timestamp=createdAt",
            "updated_at:timestamp=updatedAt",
        ],
    )
}}
