{#-
    Tables and views of the project's schemas that no model makes any more (renamed, removed, another kind's) are dropped at the start of a build:
    they may hold people's data that nobody would look for. Schemas that no model is in (quality, and what a person made) are left alone.
-#}
{% macro drop_left_overs() -%}
    {%- if execute -%}
        {%- set models = {} -%}
        {%- for node in graph.nodes.values() if node.resource_type in ("model", "seed") -%}
            {%- do models.setdefault(node.schema, []).append(node.alias) -%}
        {%- endfor -%}
        {%- set found = run_query(
            "select table_schema, table_name, table_type from information_schema.tables where table_catalog = current_database()"
        ) -%}
        {%- for schema, name, type in found.rows if schema in models and name not in models[schema] %}
            drop {{ "view" if type == "VIEW" else "table" }} {{ adapter.quote(schema) }}.{{ adapter.quote(name) }};
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
