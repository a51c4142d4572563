-- One row per line of config/mappings/decline_answers.csv: what a recruiter found out about a decline without a
-- specific reason.
{{ config(materialized="stored_table") }}

{{
    mapping_file(
        "decline_answers",
        required=["offer_id", "decline_reason_code", "answered_by"],
        optional=["source_system"],
        dates=["answered_on"],
    )
}}
