-- One row per month of acceptance x slice with at least one hire.
-- Time to hire runs from applied_at to the acceptance (fct_applications.days_to_hire); a hire whose days are not
-- known is counted and has no duration. stage_sum_days is Gem's figure: the sum over stages of the mean days of all
-- who advanced from the stage in that month, hired later or not.
with
    hires as (
        select {{ slice_columns("s") }}, {{ period_start("month", "a.accepted_at") }} as month, a.days_to_hire
        from {{ ref("fct_applications") }} as a
        inner join {{ ref("int_marts__application_slices") }} as s on a.application_key = s.application_key
        where a.status_code = 'hired' and a.accepted_at is not null
    ),

    exploded as ({{ explode_slices("hires", ["month", "days_to_hire"]) }}),

    hired as (
        select
            slice_id,
            month,
            count(*) as n_count,
            count(days_to_hire) as timed_count,
            {{ median("days_to_hire") }} as median_days,
            {{ quantile("days_to_hire", 0.9) }} as p90_days
        from exploded
        group by slice_id, month
    ),

    advances as (
        {{
            explode_slices(
                ref("int_marts__stage_observations"),
                ["advanced_month", "stage_order", "days_in_stage"],
                where="outcome_number = 1 and days_in_stage is not null and not is_time_censored",
            )
        }}
    ),

    stage_means as (
        select slice_id, advanced_month, stage_order, {{ mean_days("days_in_stage") }} as mean_days
        from advances
        group by slice_id, advanced_month, stage_order
    ),

    stage_sums as (
        select slice_id, advanced_month, sum(mean_days) as stage_sum_days
        from stage_means
        group by slice_id, advanced_month
    )

select
    h.month,
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    h.n_count,
    h.timed_count,
    h.median_days,
    h.p90_days,
    s.stage_sum_days,
    clock.as_of
from hired as h
inner join {{ ref("int_marts__slices") }} as slice on h.slice_id = slice.slice_id
left join stage_sums as s on h.slice_id = s.slice_id and h.month = s.advanced_month
cross join {{ ref("run_clock") }} as clock
