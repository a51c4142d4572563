-- One row per week (Monday, company's zone) x slice x stage with a movement in it or somebody there at its end.
-- The activity view: events by the week they happened in, whoever they belong to, so no rates. An application is in
-- the stage that is its furthest so far: it enters a stage once, and moving back changes nothing here
-- (moved_back_count tells of it). Therefore active_end_count = active_start_count + entered - advanced - rejected -
-- withdrawn - closed - hired, and a week starts with whom the week before ended with. Stages passed without a visit
-- have no entry time and no movement. An end that nobody dated falls into the week of the entry.
{#- Outcomes as in int_marts__stage_observations, and two numbers of this model's own. -#}
{%- set movements = {
    "entered": 0,
    "advanced": 1,
    "rejected": 2,
    "withdrawn": 3,
    "closed": 4,
    "hired": 6,
    "moved_back": 7,
} %}
{%- set varying_types = slice_types("") %}
{%- set requisition_types = slice_types() | reject("in", varying_types) | list %}
with
    events as (
        select {{ slice_columns("s") }}, s.stage_order, s.entered_week as week, 0 as movement, count(*) as event_count
        from {{ ref("int_marts__stage_observations") }} as s
        where s.entered_week is not null
        group by {{ slice_columns("s") }}, s.stage_order, s.entered_week
        union all
        select {{ slice_columns("s") }}, s.stage_order, s.left_week as week, s.outcome_number as movement, count(*)
        from {{ ref("int_marts__stage_observations") }} as s
        where s.left_week is not null
        group by {{ slice_columns("s") }}, s.stage_order, s.left_week, s.outcome_number
        union all
        select {{ slice_columns("s") }}, v.stage_order, {{ period_start("week", "v.exited_at") }} as week, 7, count(*)
        from {{ ref("fct_stage_visits") }} as v
        inner join {{ ref("dim_stages") }} as d on v.stage_code = d.stage_code and not d.is_outreach
        inner join {{ ref("int_marts__application_slices") }} as s on v.application_key = s.application_key
        where v.exit_code = 'moved_back' and v.exited_at is not null
        group by {{ slice_columns("s") }}, v.stage_order, {{ period_start("week", "v.exited_at") }}
    ),

    -- what a requisition says nothing about (source, origin) varies within it, the others hardly: cut apart, so that
    -- few
    -- rows are multiplied
    of_requisitions as (
        select
            {{ slice_columns("e", requisition_types) }},
            stage_order,
            week,
            movement,
            cast(sum(event_count) as integer) as event_count
        from events as e
        group by {{ slice_columns("e", requisition_types) }}, stage_order, week, movement
    ),

    exploded as (
        {{ explode_slices("of_requisitions", ["stage_order", "week", "movement", "event_count"], requisition_types) }}
        {%- for type in varying_types %}
            union all
            select {{ type }}_slice as slice_id, stage_order, week, movement, event_count
            from events
        {%- endfor %}
    ),

    moved as (
        select slice_id, stage_order, week, movement, cast(sum(event_count) as bigint) as event_count
        from exploded
        group by slice_id, stage_order, week, movement
    ),

    changes as (
        select
            slice_id,
            stage_order,
            week
            {%- for name, number in movements.items() %}
                , coalesce(max(case when movement = {{ number }} then event_count end), 0) as {{ name }}_count
            {%- endfor %}
        from moved
        group by slice_id, stage_order, week
    ),

    balanced as (
        select
            *,
            cast(
                sum(
                    entered_count - advanced_count - rejected_count - withdrawn_count - closed_count - hired_count
                ) over (
                    partition by slice_id, stage_order order by week rows between unbounded preceding and current row
                ) as bigint
            ) as active_end_count,
            lead(week) over (partition by slice_id, stage_order order by week) as next_week
        from changes
    ),

    {#- Weeks in which nothing moved and somebody was there. -#}
    still as (
        select b.slice_id, b.stage_order, d.date_on as week, b.active_end_count
        from balanced as b
        cross join {{ ref("run_clock") }} as clock
        inner join
            {{ ref("dim_dates") }} as d
            on d.iso_weekday = 1
            and d.date_on > b.week
            and d.date_on < coalesce(b.next_week, {{ date_add_days(local_date("clock.as_of"), 1) }})
        where b.active_end_count > 0 and (b.next_week is null or b.next_week > {{ date_add_days("b.week", 7) }})
    ),

    weekly as (
        select
            slice_id, stage_order, week {%- for name in movements %}, {{ name }}_count {%- endfor %}, active_end_count
        from balanced
        union all
        select slice_id, stage_order, week {%- for name in movements %}, 0 {%- endfor %}, active_end_count
        from still
    )

select
    w.week,
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    stage.stage_code,
    cast(w.stage_order as integer) as stage_order,
    w.active_end_count
    - w.entered_count
    + w.advanced_count
    + w.rejected_count
    + w.withdrawn_count
    + w.closed_count
    + w.hired_count as active_start_count
    {%- for name in movements %}, w.{{ name }}_count {%- endfor %},
    w.active_end_count,
    clock.as_of
from weekly as w
inner join {{ ref("int_marts__slices") }} as slice on w.slice_id = slice.slice_id
inner join {{ ref("dim_stages") }} as stage on w.stage_order = stage.stage_order
cross join {{ ref("run_clock") }} as clock
