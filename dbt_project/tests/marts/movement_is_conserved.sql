-- A week starts with whom the one before ended with, nobody is missing, and the last week ends with those who wait.
-- The company's rows stand for all: slices add up (slices_add_up_to_the_company).
with
    company as (
        select
            m.*,
            lag(m.week) over (partition by m.stage_order order by m.week) as week_before,
            lag(m.active_end_count) over (partition by m.stage_order order by m.week) as end_before,
            lead(m.week) over (partition by m.stage_order order by m.week) as week_after
        from {{ ref("pipeline_movement") }} as m
        where m.slice_type = 'company'
    ),

    waiting as (
        select stage_order, {{ count_where("outcome_number = 5 and entered_week is not null") }} as waiting_count
        from {{ ref("int_marts__stage_observations") }}
        group by stage_order
    )

select c.week, c.stage_code, c.active_start_count, c.active_end_count, w.waiting_count
from company as c
left join waiting as w on c.stage_order = w.stage_order
where
    c.active_end_count < 0
    or c.active_start_count <> coalesce(c.end_before, 0)
    or (c.end_before > 0 and c.week > {{ date_add_days("c.week_before", 7) }})
    or (c.week_after is null and c.active_end_count <> coalesce(w.waiting_count, 0))
