-- One row per job: the numbers of its slices of the types that a job alone decides, for sums over jobs.
select
    j.job_key,
    {% for type in job_slice_types() -%}
        {{ type }}_member.slice_id as {{ type }}_slice{{ "," if not loop.last }}
    {% endfor %}
from {{ ref("dim_jobs") }} as j
{% for type in job_slice_types() %}
    inner join
        {{ ref("int_marts__slices") }} as {{ type }}_member
        on {{ type }}_member.slice_type = '{{ type }}'
        and {{ type }}_member.slice_key = {{ slice_key(type, "j") }}
{% endfor %}
