-- One row per line of config/mappings/sources.csv: a tenant's source name -> channel and origin, with dates.
{{ config(materialized="stored_table") }}

{{ mapping_file("sources", required=["source_name"], optional=["source_system", "channel_code", "origin_code"]) }}
