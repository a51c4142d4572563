-- One row per line of config/mappings/identity_splits.csv: two records of candidates that are two people, whatever they
-- share.
{{ config(materialized="stored_table") }}

{{
    mapping_file(
        "identity_splits",
        required=["source_system", "candidate_id", "other_source_system", "other_candidate_id"],
        optional=["note"],
    )
}}
