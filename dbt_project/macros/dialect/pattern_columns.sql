{#- Every match of a regular expression replaced, pattern and replacement being columns (rules as data). Expensive: compiled per row. -#}
{% macro replace_by_rule(text, pattern, replacement) -%}
    {{ dialect("replace_by_rule", [text, pattern, replacement]) }}
{%- endmacro %}
{% macro duckdb__replace_by_rule(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ pattern }}, {{ replacement }}, 'g')
{%- endmacro %}
{% macro spark__replace_by_rule(text, pattern, replacement) -%}
    regexp_replace({{ text }}, {{ pattern }}, {{ replacement }})
{%- endmacro %}
