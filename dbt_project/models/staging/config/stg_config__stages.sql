-- One row per line of config/mappings/stages.csv: a tenant's stage name -> canonical stage, with dates.
{{ config(materialized="stored_table") }}

{{ mapping_file("stages", required=["stage_name", "stage_code"], optional=["source_system", "job_id"]) }}
