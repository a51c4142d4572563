{#- Schemas are the layers' own names (staging, canonical, core, marts), never "main_core". -#}
{% macro generate_schema_name(custom_schema_name, node) -%} {{ custom_schema_name or target.schema }} {%- endmacro %}
