{#- What dbt_project.yml says of a canonical table (vars.canonical_tables). -#}
{% macro canonical_table(table) -%} {{ return(var("canonical_tables")[table]) }} {%- endmacro %}

{#- The names of its columns, in order. -#}
{% macro canonical_columns(table) -%} {{ return(canonical_table(table)["columns"] | list) }} {%- endmacro %}

{#- Its columns of which something is said: canonical_columns_with("offers", "key"). -#}
{% macro canonical_columns_with(table, fact) -%}
    {%- set found = [] -%}
    {%- for column, facts in canonical_table(table)["columns"].items() if facts.get(fact) %}
        {% do found.append(column) %}
    {% endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The type of a column in the database; of source_system and observed_at, which every table has, too. -#}
{% macro canonical_type(table, column) -%}
    {%- set implied = {"type": "timestamp" if column == "observed_at" else "text"} -%}
    {%- set type = canonical_table(table)["columns"].get(column, implied)["type"] -%}
    {{ return(text_type() if type in ("text", "code") else type) }}
{%- endmacro %}
