-- One row per slice type and member as facts and jobs name it, with the slice it counts in.
-- A member whose id no list of its dimension has is `unknown`: they are one slice together, named by how many they are,
-- so that no slice is a person or department that nobody knows. Members are those of the applications and of the jobs,
-- 'none' included, so that a slice type always adds up to the company.
{%- set named_types = [] -%}
{%- for type, slice in var("slices").items() if slice.name %} {% do named_types.append(type) %} {%- endfor %}
with
    named as (
        {% for type in slice_types() %}
            select distinct '{{ type }}' as slice_type, {{ slice_key(type, "a") }} as member_key
            from {{ ref("fct_applications") }} as a
            union
        {% endfor %}
        -- of requisitions, for sums over jobs and for people who were contacted for one and did not apply (full_funnel)
        {% for type in slice_types() %}
            select distinct '{{ type }}' as slice_type, {{ requisition_slice_key(type, "j") }} as member_key
            from {{ ref("dim_jobs") }} as j
            union
        {% endfor %}
        select 'company' as slice_type, 'all' as member_key
        union
        select 'department_tree' as slice_type, department_key as member_key
        from {{ ref("dim_department_tree") }}
        union
        -- a department that no source lists is unknown there too
        select distinct 'department_tree' as slice_type, {{ slice_key("department", "j") }} as member_key
        from {{ ref("dim_jobs") }} as j
        union
        select 'department_tree' as slice_type, 'none' as member_key
    ),

    {#- A name that is missing is said with the id that the company knows its member by. -#}
    dimensions as (
        {% for type, slice in var("slices").items() if slice.name %}
            {%- set id = slice.name.key | replace("_key", "_id") %}
            select
                '{{ type }}' as slice_type,
                {{ slice.name.key }} as member_key,
                coalesce({{ slice.name.column }}, 'No name (id ' || {{ id }} || ')') as member_name
            from {{ ref(slice.name.model) }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    placed as (
        select
            n.slice_type,
            n.member_key,
            case
                when
                    n.member_key <> 'none'
                    and d.member_key is null
                    and n.slice_type in ('{{ named_types | join("', '") }}')
                then 'unknown'
                else n.member_key
            end as slice_key,
            d.member_name
        from named as n
        left join dimensions as d on n.slice_type = d.slice_type and n.member_key = d.member_key
    )

select
    p.slice_type,
    p.member_key,
    p.slice_key,
    case
        p.slice_key
        when 'unknown'
        then
            'Unknown ('
            || cast(count(*) over (partition by p.slice_type, p.slice_key) as {{ text_type() }})
            || case
                when count(*) over (partition by p.slice_type, p.slice_key) = 1
                then ' id not found)'
                else ' ids not found)'
            end
        when 'none'
        then 'Not recorded'
        else case when p.slice_type = 'company' then 'Company' else coalesce(p.member_name, p.member_key) end
    end as slice_name,
    cast(dense_rank() over (order by p.slice_type, p.slice_key) as integer) as slice_id
from placed as p
