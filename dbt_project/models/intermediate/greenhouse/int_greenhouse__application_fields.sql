-- One row per version of an application of a source that keeps canonical columns in custom fields of applications
-- (sources.yml custom_fields).
{{ config(materialized="stored_table") }}

{% set settings = ref("stg_config__source_settings") -%}
{% set is_named = (
    execute
    and load_relation(settings)
    and run_query(
        "select count(*) from "
        ~ settings
        ~ " where json_extract(custom_fields, '$.applications') is not null"
    ).rows[0][0]
) -%}
select
    r.source_system,
    r.record_id,
    r.payload_hash,
    r.load_file,
    {{ code_key(custom_field("applications", "origin_code", "r", "s")) }} as origin_code,
    {{ custom_field("applications", "sourcer_id", "r", "s") }} as sourcer_id
from
    (
        select *, json_extract(payload, '$.custom_fields') as custom_fields
        from ({{ lake_rows("greenhouse", "applications") if is_named else log_rows([]) }})
    ) as r
inner join {{ settings }} as s on s.source_system = r.source_system
where json_extract(s.custom_fields, '$.applications') is not null
