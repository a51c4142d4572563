-- One row per cohort_month x slice x stage x age (30, 60, 90, 180 days since applied_at).
-- Like for like: every cohort is looked at when its applications were as old as those of the others, so a young one
-- does not look worse for being young. A cohort has a row for an age only when the last of it had reached that age at
-- as_of. Reached by an age means that the furthest stage of that day was the stage or a later one; advanced, that it
-- was a later one. A time that nobody knows is within no age.
{%- set ages = [30, 60, 90, 180] %}
with
    -- for all ages at once, before they are cut by slice
    counted as (
        select
            {{ slice_columns("s") }},
            cohort_month,
            stage_order
            {%- for age in ages %}
                ,
                {{ count_where("reached_after_days <= " ~ age) }} as reached_{{ age }},
                {{ count_where("advanced_after_days <= " ~ age) }} as advanced_{{ age }}
            {%- endfor %}
        from {{ ref("int_marts__stage_observations") }} as s
        where cohort_month is not null
        group by {{ slice_columns("s") }}, cohort_month, stage_order
    ),

    exploded as (
        {{
            explode_slices(
                "counted",
                [
                    "cohort_month",
                    "stage_order",
                    "reached_30",
                    "advanced_30",
                    "reached_60",
                    "advanced_60",
                    "reached_90",
                    "advanced_90",
                    "reached_180",
                    "advanced_180",
                ],
            )
        }}
    ),

    summed as (
        select
            slice_id,
            cohort_month,
            stage_order
            {%- for age in ages %}
                ,
                cast(sum(reached_{{ age }}) as bigint) as reached_{{ age }},
                cast(sum(advanced_{{ age }}) as bigint) as advanced_{{ age }}
            {%- endfor %}
        from exploded
        group by slice_id, cohort_month, stage_order
    ),

    months as (
        select distinct cohort_month from {{ ref("int_marts__stage_observations") }} where cohort_month is not null
    ),

    -- the cohorts that were all of an age at as_of
    grown_up as (
        select m.cohort_month, {{ days_so_far(first_instant(date_add_months("m.cohort_month", 1))) }} as days
        from months as m
        cross join {{ ref("run_clock") }} as clock
    ),

    aged as (
        {% for age in ages %}
            select
                s.slice_id,
                s.cohort_month,
                s.stage_order,
                {{ age }} as age_days,
                s.reached_{{ age }} as reached_count,
                s.advanced_{{ age }} as advanced_count
            from summed as s
            inner join grown_up as g on s.cohort_month = g.cohort_month and g.days >= {{ age }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    a.cohort_month,
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    stage.stage_code,
    cast(a.stage_order as integer) as stage_order,
    cast(a.age_days as integer) as age_days,
    a.reached_count,
    a.advanced_count,
    {% set below_hired = "case when stage.stage_code <> 'hired' then a.reached_count end" -%}
    {{ rate_columns("reached_rate", "a.advanced_count", below_hired) }},
    clock.as_of
from aged as a
inner join {{ ref("int_marts__slices") }} as slice on a.slice_id = slice.slice_id
inner join {{ ref("dim_stages") }} as stage on a.stage_order = stage.stage_order
cross join {{ ref("run_clock") }} as clock
