-- One row per slice: a member of a slice type, numbered.
-- Members are those of the applications and of the jobs, 'none' included, so that a slice type always adds up to the
-- company. The number is internal to one build (macros/metrics/slices.sql); what is published is slice_type,
-- slice_key and slice_name.
with
    members as (
        {% for type in slice_types() %}
            select distinct '{{ type }}' as slice_type, {{ slice_key(type, "a") }} as slice_key
            from {{ ref("fct_applications") }} as a
            union
        {% endfor %}
        -- of requisitions, for sums over jobs and for people who were contacted for one and did not apply (full_funnel)
        {% for type in slice_types() %}
            select distinct '{{ type }}' as slice_type, {{ requisition_slice_key(type, "j") }} as slice_key
            from {{ ref("dim_jobs") }} as j
            union
        {% endfor %}
        select 'company' as slice_type, 'all' as slice_key
        union
        select 'department_tree' as slice_type, department_key as slice_key
        from {{ ref("dim_department_tree") }}
        union
        -- a department that no source lists is a tree of its own
        select distinct 'department_tree' as slice_type, {{ slice_key("department", "j") }} as slice_key
        from {{ ref("dim_jobs") }} as j
        union
        select 'department_tree' as slice_type, 'none' as slice_key
    ),

    names as (
        {% for type, slice in var("slices").items() if slice.name %}
            select '{{ type }}' as slice_type, {{ slice.name.key }} as slice_key, {{ slice.name.column }} as slice_name
            from {{ ref(slice.name.model) }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    cast(row_number() over (order by m.slice_type, m.slice_key) as integer) as slice_id,
    m.slice_type,
    m.slice_key,
    case
        when m.slice_type = 'company'
        then 'Company'
        when m.slice_key = 'none'
        then 'Not recorded'
        else coalesce(n.slice_name, m.slice_key)
    end as slice_name
from members as m
left join names as n on m.slice_type = n.slice_type and m.slice_key = n.slice_key
