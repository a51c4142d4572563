{#-
    The order in which the versions of an application's offer speak for it, the first one first (concepts.md "Offers"): neither draft nor
    superseded, then by the version's time (its extension, else its creation, else its resolution), number and id. `v` is the alias of the rows.
-#}
{% macro offer_version_time(v) -%}
    coalesce({{ v }}.extended_at, {{ v }}.created_at, {{ v }}.resolved_at)
{%- endmacro %}

{% macro offer_version_order(v) -%}
    case when {{ v }}.status_code in ('draft', 'superseded') then 1 else 0 end,
    {{ offer_version_time(v) }} desc nulls last,
    {{ v }}.version_number desc nulls last,
    {{ v }}.offer_id desc
{%- endmacro %}
