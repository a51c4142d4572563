-- One row per source of the lake: what of sources.yml its models must know (the lake's source.json repeats it).
-- custom_fields: {"jobs": {"job_level_code": "<stable key>"}} as JSON text; null where nothing is set.
{{ config(materialized="stored_table") }}

{% set pattern = lake_root() ~ "/*/source.json" -%}
{% set is_there = execute and run_query("select count(*) from glob(" ~ sql_text(pattern) ~ ")").rows[0][0] -%}
select name as source_system, kind, sweep_limit as sweep_limit_rate, cast(custom_fields as varchar) as custom_fields
from
    {% if is_there -%}
        read_json(
            {{ sql_text(pattern) }},
            columns = {name:'VARCHAR', kind:'VARCHAR', sweep_limit:'DOUBLE', custom_fields:'JSON'}
        )
    {%- else -%}
        ({{ no_rows({"name": "varchar", "kind": "varchar", "sweep_limit": "double", "custom_fields": "varchar"}) }})
    {%- endif %}
