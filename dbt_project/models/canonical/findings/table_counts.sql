-- One row per source x canonical table, and one per column of it that names a row of another table: how many rows
-- there are and in how many the column is filled.
{{ config(materialized="stored_table") }}

with
    {%- for table in counted_tables() %}
        {{ table }}_counts as {{ materialized() }} (
            select
                source_system,
                count(*) as row_count,
                max(observed_at) as loaded_at
                {%- for column in references_of(table) %}, count({{ column }}) as {{ column }}_count {%- endfor %}
            from {{ ref(table) }}
            group by source_system
        )
        {{- "," if not loop.last }}
    {%- endfor %}

{% for table in counted_tables() -%}
    select
        source_system,
        '{{ table }}' as table_name,
        cast(null as {{ text_type() }}) as column_name,
        cast(null as {{ text_type() }}) as references_name,
        row_count,
        row_count as filled_count,
        loaded_at
    from {{ table }}_counts
    {%- for column, target in references_of(table).items() %}
        union all
        select source_system, '{{ table }}', '{{ column }}', '{{ target }}', row_count, {{ column }}_count, loaded_at
        from {{ table }}_counts
    {%- endfor %}
    {% if not loop.last -%}
        union all
    {% endif -%}
{%- endfor %}
