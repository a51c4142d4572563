-- One row per line of config/mappings/reasons.csv: a tenant's close reason -> decline taxonomy and direction, with
-- dates.
{{ config(materialized="stored_table") }}

{{
    mapping_file(
        "reasons",
        required=["close_reason_name"],
        optional=["source_system", "decline_reason_code", "direction_code", "is_conduct"],
    )
}}
