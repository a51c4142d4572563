{#- Names of types that engines spell differently. A contract in YAML says `string`, which DuckDB and Spark both know. -#}
{% macro text_type() -%} {{ return(dialect("text_type", [])) }} {%- endmacro %}
{% macro duckdb__text_type() -%} varchar {%- endmacro %}
{% macro spark__text_type() -%} string {%- endmacro %}

{#- A whole number as a literal of 64 bits: Spark takes one that fits into 32 for such, and computes on in 32. -#}
{% macro bigint(number) -%} {{ dialect("bigint", [number]) }} {%- endmacro %}
{% macro default__bigint(number) -%} cast({{ number }} as bigint) {%- endmacro %}
