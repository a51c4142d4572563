-- One row per version of a candidate of Gem's export, parsed once. The file is absent where the team hides personal
-- data. all_candidate_emails is a JSON list in a cell.
{{
    stage_stream(
        "gem_export",
        "candidate_info",
        [
            "sourced_at:unix_seconds=sourced_timestamp",
            "candidate_id",
            "candidate_greenhouse_id",
            "candidate_ats_id",
            "candidate_first_name",
            "candidate_last_name",
            "candidate_email",
            "all_candidate_emails",
            "candidate_phone_number",
            "candidate_linkedin_url",
        ],
        is_trimmed=true,
    )
}}
