-- One row per application: the numbers of its slices, one column per slice type (macros/metrics/slices.sql).
select
    a.application_key,
    {% for type in slice_types() -%}
        {{ type }}_member.slice_id as {{ type }}_slice{{ "," if not loop.last }}
    {% endfor %}
from {{ ref("fct_applications") }} as a
{% for type in slice_types() %}
    inner join
        {{ ref("int_marts__slices") }} as {{ type }}_member
        on {{ type }}_member.slice_type = '{{ type }}'
        and {{ type }}_member.slice_key = {{ slice_key(type, "a") }}
{% endfor %}
