-- One row per month in which openings were filled x slice with one.
-- Time to fill runs from the opening of the seat to the acceptance, holds taken out (fct_openings); the gross figure
-- stands beside it. An opening counts in the slices of the application that filled it; one whose days are not known is
-- counted and has no duration.
with
    fills as (
        select
            {{ slice_columns("s") }},
            {{ period_start("month", "o.filled_at") }} as month,
            o.days_to_fill,
            o.gross_days_to_fill,
            o.hold_days
        from {{ ref("fct_openings") }} as o
        inner join {{ ref("int_marts__application_slices") }} as s on o.filled_application_key = s.application_key
        where o.filled_at is not null
    ),

    exploded as ({{ explode_slices("fills", ["month", "days_to_fill", "gross_days_to_fill", "hold_days"]) }}),

    filled as (
        select
            slice_id,
            month,
            count(*) as n_count,
            count(days_to_fill) as timed_count,
            {{ median("days_to_fill") }} as median_days,
            {{ quantile("days_to_fill", 0.9) }} as p90_days,
            {{ median("gross_days_to_fill") }} as gross_median_days,
            {{ mean_days("hold_days") }} as mean_hold_days
        from exploded
        group by slice_id, month
    )

select
    f.month,
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    f.n_count,
    f.timed_count,
    f.median_days,
    f.p90_days,
    f.gross_median_days,
    f.mean_hold_days,
    clock.as_of
from filled as f
inner join {{ ref("int_marts__slices") }} as slice on f.slice_id = slice.slice_id
cross join {{ ref("run_clock") }} as clock
