{#- A query without rows that has the columns its readers name: `columns` maps each to its type. -#}
{% macro no_rows(columns) -%}
    select
        {%- for name, type in columns.items() %}
            cast(null as {{ type }}) as {{ name }} {%- if not loop.last %}, {% endif -%}
        {%- endfor %}
    where false
{%- endmacro %}
