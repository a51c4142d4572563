-- One row per application and canonical stage reached, in numbers only: what every funnel metric counts, with the
-- slices it counts in.
-- is_trailing: applied in the trailing 12 months, [as_of - 365 x 24 h, as_of). outcome_number: 1 advanced, 2
-- rejected, 3 withdrawn, 4 closed, 5 waiting, 6 hired. age_days is the clock of adjusted_rate, null where the row
-- has no place in it (implied, or unknown times).
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
    {{ period_start("month", "s.advanced_at") }} as advanced_month
from {{ ref("fct_application_stages") }} as s
inner join {{ ref("application_slices") }} as a on s.application_key = a.application_key
left join {{ ref("dim_stages") }} as n on s.next_stage_code = n.stage_code
cross join {{ ref("run_clock") }} as clock
