-- One row per line of config/mappings/identity_links.csv: two records of candidates that are one person, though nothing
-- in the data says so.
{{ config(materialized="stored_table") }}

{{
    mapping_file(
        "identity_links",
        required=["source_system", "candidate_id", "other_source_system", "other_candidate_id"],
        optional=["note"],
    )
}}
