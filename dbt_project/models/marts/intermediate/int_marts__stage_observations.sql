-- One row per application and canonical stage reached, in numbers only: what every funnel metric counts, with the
-- slices it counts in.
-- is_trailing: applied in the trailing 12 months, [as_of - 365 x 24 h, as_of). outcome_number: 1 advanced, 2
-- rejected, 3 withdrawn, 4 closed, 5 waiting, 6 hired. age_days is the clock of adjusted_rate, null where the row
-- has no place in it (implied, or unknown times). entered_week and left_week are the activity view: who is known to
-- have gone at a time that nobody knows went in the week of the entry, so that nobody stays active who is not.
-- reached_after_days and advanced_after_days count from applied_at: the first entry into this stage or a higher one,
-- and into a higher one.
with
    overtaken as (
        -- entered a higher stage before this one, and so advanced from it at age 0: reached it with the higher one
        select s.application_key, s.stage_order, min(h.entered_at) as reached_at
        from {{ ref("fct_application_stages") }} as s
        inner join
            {{ ref("fct_application_stages") }} as h
            on s.application_key = h.application_key
            and h.stage_order > s.stage_order
            and h.entered_at < s.entered_at
        where s.outcome_code = 'advanced' and s.age_days = 0
        group by s.application_key, s.stage_order
    )

select
    {{ slice_columns("a") }},
    cast(s.stage_order as smallint) as stage_order,
    cast(n.stage_order as smallint) as next_stage_order,
    s.applied_month as cohort_month,
    s.applied_at >= {{ add_days("clock.as_of", "-365") }} and s.applied_at < clock.as_of as is_trailing,
    coalesce(s.is_implied, false) as is_implied,
    cast(
        case
            s.outcome_code
            when 'advanced'
            then 1
            when 'rejected'
            then 2
            when 'withdrawn'
            then 3
            when 'closed'
            then 4
            when 'waiting'
            then 5
            when 'hired'
            then 6
        end as smallint
    ) as outcome_number,
    s.application_status_code = 'hired' as is_hire,
    case when not coalesce(s.is_implied, false) then s.age_days end as age_days,
    s.days_in_stage,
    coalesce(s.is_current, false) as is_current,
    coalesce(s.is_time_censored, false) as is_time_censored,
    {{ period_start("month", "s.advanced_at") }} as advanced_month,
    {{ period_start("week", "s.entered_at") }} as entered_week,
    case
        when s.outcome_code <> 'waiting'
        then
            {{
                period_start(
                    "week",
                    "case when s.outcome_at > s.entered_at then s.outcome_at else s.entered_at end",
                )
            }}
    end as left_week,
    {{ days_between("s.applied_at", "coalesce(o.reached_at, s.entered_at, s.advanced_at)") }} as reached_after_days,
    {{ days_between("s.applied_at", "coalesce(o.reached_at, s.advanced_at)") }} as advanced_after_days
from {{ ref("fct_application_stages") }} as s
inner join {{ ref("int_marts__application_slices") }} as a on s.application_key = a.application_key
left join overtaken as o on s.application_key = o.application_key and s.stage_order = o.stage_order
left join {{ ref("dim_stages") }} as n on s.next_stage_code = n.stage_code
cross join {{ ref("run_clock") }} as clock
