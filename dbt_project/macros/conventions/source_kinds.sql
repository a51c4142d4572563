{#- The kinds of source that feed a canonical model, in the order of the var: each by its own int_<kind>__<model>. -#}
{% macro kinds_that_feed(model) -%}
    {%- set found = [] -%}
    {%- for kind, line in var("source_kinds").items() if model in line.get("feeds", []) %}
        {% do found.append(kind) %}
    {% endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Per kind that feeds a canonical model, the query of these columns: what over_kinds puts together. -#}
{% macro queries_of_kinds(model, columns) -%}
    {%- set queries = {} -%}
    {%- for kind in kinds_that_feed(model) %}
        {% do queries.update(
            {kind: "select " ~ columns | join(", ") ~ " from " ~ ref("int_" ~ kind ~ "__" ~ model)}
        ) %}
    {% endfor -%}
    {{ return(queries) }}
{%- endmacro %}

{#- The kinds whose records are read by the staging models of `shape`, itself included. -#}
{% macro kinds_of_shape(shape) -%}
    {%- set found = [] -%}
    {%- for kind, line in var("source_kinds").items() if line.get("shape", kind) == shape %}
        {% do found.append(kind) %}
    {% endfor -%}
    {{ return(found) }}
{%- endmacro %}
