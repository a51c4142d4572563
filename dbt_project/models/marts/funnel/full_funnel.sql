-- One row per month of first contact or application x slice x stage, from contacted to hired.
-- People are counted: candidate x requisition, once, however often they were written to or applied. A message belongs
-- to the requisition of its sequence. Messages sent before the application are the person's contact, and the person is
-- from outreach if the last of them was sent within attribution_window_days of the application; who wrote first and
-- applied long after came by themselves. Reached means that the furthest stage is this one or a later one: who is from
-- outreach and in process has replied and was interested, and who was never written to is not in the outreach stages.
-- previous_count are those of the stage before it on the ladder of the person's job; into applied, those interested.
{%- set counts = ["people_count", "from_outreach_count", "previous_count"] %}
{%- set outreach = {"contacted": "replied", "replied": "interested", "interested": "applied"} %}
with
    ladders as (
        select s.slice_id as job_slice, l.stage_order, l.next_stage_order
        from {{ ref("dim_job_stages") }} as l
        inner join {{ ref("int_marts__slices") }} as s on s.slice_type = 'job' and l.job_key = s.slice_key
    ),

    {#- Without a job that a list has: what comes next is the next stage that they reached themselves. -#}
    own_steps as (
        select
            p.*,
            d.stage_order,
            lead(d.stage_order) over (partition by p.group_number order by d.stage_order) as next_stage_order
        from
            (
                select *, row_number() over (order by month, own_ladder) as group_number
                from {{ ref("int_marts__funnel_people") }}
                where own_ladder is not null
            ) as p
        inner join
            {{ ref("dim_stages") }} as d on p.own_ladder like '%|' || cast(d.stage_order as {{ text_type() }}) || '|%'
    ),

    outreach_stages as (
        select d.stage_order, n.stage_order as next_stage_order
        from {{ ref("dim_stages") }} as d
        inner join
            {{ ref("dim_stages") }} as n
            on n.stage_code = case
                d.stage_code
                {%- for stage, following in outreach.items() %} when '{{ stage }}' then '{{ following }}' {%- endfor %}
            end
    ),

    reached as (
        select
            {{ slice_columns("p") }},
            p.month,
            l.stage_order,
            l.next_stage_order,
            p.is_from_outreach,
            p.people_count as n
        from {{ ref("int_marts__funnel_people") }} as p
        inner join ladders as l on p.job_slice = l.job_slice and l.stage_order <= p.furthest_stage_order
        union all
        select {{ slice_columns("p") }}, p.month, p.stage_order, p.next_stage_order, p.is_from_outreach, p.people_count
        from own_steps as p
        union all
        select {{ slice_columns("p") }}, p.month, o.stage_order, o.next_stage_order, true, p.people_count as n
        from {{ ref("int_marts__funnel_people") }} as p
        inner join outreach_stages as o on o.stage_order <= p.outreach_order
    ),

    counted as (
        select
            {{ slice_columns("r") }},
            month,
            stage_order,
            sum(n) as people_count,
            sum(case when is_from_outreach then n else 0 end) as from_outreach_count,
            0 as previous_count
        from reached as r
        group by {{ slice_columns("r") }}, month, stage_order
        union all
        select {{ slice_columns("r") }}, month, next_stage_order, 0, 0, sum(n)
        from reached as r
        where next_stage_order is not null
        group by {{ slice_columns("r") }}, month, next_stage_order
    ),

    exploded as ({{ explode_slices("counted", ["month", "stage_order"] + counts) }}),

    summed as (
        select
            slice_id,
            month,
            stage_order
            {%- for name in counts %}, cast(sum({{ name }}) as bigint) as {{ name }} {%- endfor %}
        from exploded
        group by slice_id, month, stage_order
    )

select
    s.month,
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    stage.stage_code,
    cast(s.stage_order as integer) as stage_order,
    s.people_count,
    s.from_outreach_count,
    s.previous_count,
    {% set passed = "case when stage.stage_code = 'applied' then s.from_outreach_count else s.people_count end" -%}
    {{ rate_columns("rate_of_previous", passed, "s.previous_count") }},
    clock.as_of
from summed as s
inner join {{ ref("int_marts__slices") }} as slice on s.slice_id = slice.slice_id
inner join {{ ref("dim_stages") }} as stage on s.stage_order = stage.stage_order
cross join {{ ref("run_clock") }} as clock
where s.people_count > 0
