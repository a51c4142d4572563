{#- Key of a member that may not be there: null where the source's id (the last part) is null, so that a join finds nothing. -#}
{% macro optional_key(entity, parts) -%}
    case when {{ parts[-1] }} is not null then {{ key(entity, parts) }} end
{%- endmacro %}
