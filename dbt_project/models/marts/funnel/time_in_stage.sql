-- One row per slice x stage, over all applications that visited the stage.
-- Quantiles are Kaplan-Meier's, with leaving as the event: who still sits in the stage (also after a move back), or
-- sat there when the position closed, counts up to the time known (macros/metrics/kaplan_meier.sql). The means of
-- those who left and of those who advanced stand beside it; both are low while slow ones still wait. A stage passed
-- without a visit is missing, not 0 days.
{%- set leaver_days = "case when not is_time_censored then days_in_stage end" %}
{%- set advancer_days = "case when not is_time_censored and outcome_number = 1 then days_in_stage end" %}
{#- What is counted per combination of slices, and then added up by slice. -#}
{%- set sums = {
    "entered_count": "count(*)",
    "timed_count": "count(days_in_stage)",
    "waiting_count": count_where("is_current"),
    "leaver_count": "count(" ~ leaver_days ~ ")",
    "leaver_microseconds": "sum(" ~ microseconds(leaver_days) ~ ")",
    "advancer_count": "count(" ~ advancer_days ~ ")",
    "advancer_microseconds": "sum(" ~ microseconds(advancer_days) ~ ")",
} %}
with
    -- of a time only its order counts (macros/metrics/places.sql)
    ranked as (
        select
            {{ slice_columns("s") }},
            stage_order,
            outcome_number,
            days_in_stage,
            case
                when days_in_stage is not null
                then row_number() over (order by days_in_stage, case when is_time_censored then 1 else 0 end)
            end as days_rank,
            is_current,
            is_time_censored
        from {{ ref("int_marts__stage_observations") }} as s
        where not is_implied and outcome_number <> 6
    ),

    combinations as (
        select
            {{ slice_columns("r") }},
            stage_order
            {%- for name, sum in sums.items() %}, {{ sum }} as {{ name }} {%- endfor %}
        from ranked as r
        group by {{ slice_columns("r") }}, stage_order
    ),

    summed as (
        select
            slice_id, stage_order {%- for name in sums %}, cast(sum({{ name }}) as bigint) as {{ name }} {%- endfor %}
        from ({{ explode_slices("combinations", ["stage_order"] + sums | list) }}) as e
        group by slice_id, stage_order
    ),

    {#- What is estimated of a slice: its groups (group_number). -#}
    cells as (
        select
            stage_order, row_number() over (order by stage_order) - 1 as cell_no, count(*) over () as groups_per_slice
        from (select distinct stage_order from summed) as c
    ),

    groups as (
        select {{ group_number("s", "c") }} as group_no, s.*
        from summed as s
        inner join cells as c on s.stage_order = c.stage_order
    ),

    keyed as (
        {%- set kind -%}
            case when r.is_time_censored then {{ kinds().CENSORED }} else {{ kinds().LEFT }} end
        {%- endset %}
        select
            {{ slice_columns("r") }}, c.groups_per_slice, {{ order_key("c.cell_no", "r.days_rank", kind) }} as order_key
        from ranked as r
        inner join cells as c on r.stage_order = c.stage_order
        where r.days_rank is not null
    ),

    ages as (select days_rank, days_in_stage as days from ranked where days_rank is not null),

    quantiles as (
        {{
            kaplan_meier(
                "groups",
                "(" ~ explode_keys("keyed") ~ ")",
                "ages",
                {"median_days": 0.5, "p75_days": 0.75, "p90_days": 0.9},
            )
        }}
    )

select
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    stage.stage_code,
    cast(g.stage_order as integer) as stage_order,
    q.median_days,
    q.p75_days,
    q.p90_days,
    q.leaver_median_days,
    {{ mean_of_microseconds("g.leaver_microseconds", "g.leaver_count") }} as leaver_mean_days,
    {{ mean_of_microseconds("g.advancer_microseconds", "g.advancer_count") }} as advancer_mean_days,
    g.timed_count,
    g.leaver_count,
    g.waiting_count,
    {{ rate("g.timed_count", "g.entered_count") }} as coverage_rate,
    clock.as_of
from groups as g
inner join {{ ref("int_marts__slices") }} as slice on g.slice_id = slice.slice_id
inner join {{ ref("dim_stages") }} as stage on g.stage_order = stage.stage_order
left join quantiles as q on g.group_no = q.group_no
cross join {{ ref("run_clock") }} as clock
