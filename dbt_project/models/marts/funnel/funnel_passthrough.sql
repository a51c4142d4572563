-- One row per cohort (month of applied_at, or the trailing 12 months) x slice x stage.
-- Three passthrough rates side by side (concepts.md "Passthrough"). reached_rate keeps those still waiting in the
-- denominator and so is low for young cohorts; resolved_rate looks at decided ones only and so favours the outcome
-- that is decided faster; adjusted_rate uses the waiting ones up to the age they have
-- (macros/metrics/aalen_johansen.sql) and is the headline.
{#- What a cohort's cell is made of, and how it adds up over cells. -#}
{%- set measures = {
    "lowest_next": "min",
    "highest_next": "max",
    "entered_count": "sum",
    "reached_count": "sum",
    "advanced_count": "sum",
    "rejected_count": "sum",
    "withdrawn_count": "sum",
    "closed_count": "sum",
    "waiting_count": "sum",
    "observed_count": "sum",
    "observed_advanced_count": "sum",
    "observed_left_count": "sum",
} %}
with
    trailing_cohort as (select cast('1900-01-01' as date) as cohort_month),

    {#- Of an age only its order counts (macros/metrics/places.sql). -#}
    ranked as (
        select
            {{ slice_columns("s") }},
            cohort_month,
            is_trailing,
            stage_order,
            next_stage_order,
            is_implied,
            outcome_number,
            case
                when age_days is not null
                then row_number() over (order by age_days, case when outcome_number in (4, 5) then 1 else 0 end)
            end as age_rank
        from {{ ref("int_marts__stage_observations") }} as s
    ),

    {#-
        Counted once per combination of slices and month, apart by is_trailing (the first month of the trailing window is cut), and then
        exploded; added up to both kinds of cohort below.
    -#}
    combinations as (
        select
            {{ slice_columns("r") }},
            cohort_month,
            is_trailing,
            stage_order,
            min(next_stage_order) as lowest_next,
            max(next_stage_order) as highest_next,
            {{ count_where("not is_implied") }} as entered_count,
            count(*) as reached_count,
            {{ count_where("outcome_number = 1") }} as advanced_count,
            {{ count_where("outcome_number = 2") }} as rejected_count,
            {{ count_where("outcome_number = 3") }} as withdrawn_count,
            {{ count_where("outcome_number = 4") }} as closed_count,
            {{ count_where("outcome_number = 5") }} as waiting_count,
            count(age_rank) as observed_count,
            {{ count_where("outcome_number = 1 and age_rank is not null") }} as observed_advanced_count,
            {{ count_where("outcome_number in (2, 3) and age_rank is not null") }} as observed_left_count
        from ranked as r
        group by {{ slice_columns("r") }}, cohort_month, is_trailing, stage_order
    ),

    parts as (
        select
            slice_id,
            cohort_month,
            is_trailing,
            stage_order
            {%- for name, aggregate in measures.items() %}, {{ aggregate }} ({{ name }}) as {{ name }} {%- endfor %}
        from
            (
                {{ explode_slices("combinations", ["cohort_month", "is_trailing", "stage_order"] + measures | list) }}
            ) as e
        group by slice_id, cohort_month, is_trailing, stage_order
    ),

    cohorts as (
        select p.cohort_month as cohort, p.*
        from parts as p
        where p.cohort_month is not null
        union all
        select t.cohort_month as cohort, p.*
        from parts as p
        cross join trailing_cohort as t
        where p.is_trailing
    ),

    counted as (
        select
            slice_id,
            cohort,
            stage_order
            {%- for name, aggregate in measures.items() %}
                , cast({{ aggregate }} ({{ name }}) as bigint) as {{ name }}
            {%- endfor %}
        from cohorts
        group by slice_id, cohort, stage_order
    ),

    {#- What is estimated of a slice: its groups (group_number). -#}
    cells as (
        select
            cohort,
            stage_order,
            row_number() over (order by cohort, stage_order) - 1 as cell_no,
            count(*) over () as groups_per_slice
        from (select distinct cohort, stage_order from counted) as c
    ),

    groups as (
        select {{ group_number("g", "c") }} as group_no, g.*
        from counted as g
        inner join cells as c on g.cohort = c.cohort and g.stage_order = c.stage_order
    ),

    keyed as (
        {%- set kind -%}
            case when r.outcome_number in (4, 5) then {{ kinds().CENSORED }}
            when r.outcome_number = 1 then {{ kinds().ADVANCED }}
            else {{ kinds().LEFT }} end
        {%- endset %}
        select
            {{ slice_columns("r") }}, c.groups_per_slice, {{ order_key("c.cell_no", "r.age_rank", kind) }} as order_key
        from ranked as r
        inner join cells as c on r.stage_order = c.stage_order and r.cohort_month = c.cohort
        where r.age_rank is not null
        union all
        select
            {{ slice_columns("r") }}, c.groups_per_slice, {{ order_key("c.cell_no", "r.age_rank", kind) }} as order_key
        from ranked as r
        inner join cells as c on r.stage_order = c.stage_order
        inner join trailing_cohort as t on c.cohort = t.cohort_month
        where r.age_rank is not null and r.is_trailing
    ),

    adjusted as ({{ aalen_johansen("groups", "(" ~ explode_keys("keyed") ~ ")") }})

select
    case when g.cohort > t.cohort_month then g.cohort end as cohort_month,
    case when g.cohort > t.cohort_month then {{ month_text("g.cohort") }} else 'trailing_12m' end as cohort_code,
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    stage.stage_code,
    cast(g.stage_order as integer) as stage_order,
    next_stage.stage_code as next_stage_code,
    g.entered_count,
    g.reached_count,
    g.advanced_count,
    g.rejected_count,
    g.withdrawn_count,
    g.closed_count,
    g.waiting_count,
    {% set below_hired = "case when stage.stage_code <> 'hired' then g.reached_count end" -%}
    {{ rate_columns("reached_rate", "g.advanced_count", below_hired) }},
    {{ rate_columns("resolved_rate", "g.advanced_count", "(g.advanced_count + g.rejected_count + g.withdrawn_count)") }},
    case when stage.stage_code <> 'hired' then a.incidence end as adjusted_rate,
    {% set decided = "(g.observed_advanced_count + g.observed_left_count)" -%}
    {% set incidence = "case when stage.stage_code <> 'hired' then a.incidence end" -%}
    {{ log_log_low(incidence, "a.variance", "g.observed_advanced_count", decided) }} as adjusted_rate_low,
    {{ log_log_high(incidence, "a.variance", "g.observed_advanced_count", decided) }} as adjusted_rate_high,
    g.observed_count as adjusted_count,
    {{ rate("(g.reached_count - g.waiting_count)", "g.reached_count") }} as maturity_rate,
    clock.as_of
from groups as g
inner join {{ ref("int_marts__slices") }} as slice on g.slice_id = slice.slice_id
inner join {{ ref("dim_stages") }} as stage on g.stage_order = stage.stage_order
left join
    {{ ref("dim_stages") }} as next_stage on g.lowest_next = g.highest_next and g.lowest_next = next_stage.stage_order
left join adjusted as a on g.group_no = a.group_no
cross join trailing_cohort as t
cross join {{ ref("run_clock") }} as clock
