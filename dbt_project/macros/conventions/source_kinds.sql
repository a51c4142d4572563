{#- The kinds of source that feed a canonical model, in the order of the var: each by its own int_<kind>__<model>. -#}
{% macro kinds_that_feed(model) -%}
    {%- set found = [] -%}
    {%- for kind, line in var("source_kinds").items() if model in line.get("feeds", []) %}
        {% do found.append(kind) %}
    {% endfor -%}
    {{ return(found) }}
{%- endmacro %}
