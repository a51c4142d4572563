-- One row per slice x stage, over all applications that visited the stage.
-- Quantiles are Kaplan-Meier's, with leaving as the event: who still sits in the stage (also after a move back), or
-- sat there when the position closed, counts up to the time known (macros/metrics/kaplan_meier.sql). The means of
-- those who left and of those who advanced stand beside it; both are low while slow ones still wait. A stage passed
-- without a visit is missing, not 0 days.
{%- set exploded = explode_slices(
    ref("stage_observations"),
    ["stage_order", "outcome_number", "days_in_stage", "is_current", "is_time_censored"],
    where="not is_implied and outcome_number <> 6",
) %}
with
    groups as (
        select
            row_number() over (order by slice_id, stage_order) as group_no,
            slice_id,
            stage_order,
            count(*) as entered_count,
            count(days_in_stage) as timed_count,
            {{ count_where("is_current") }} as waiting_count,
            {{ mean_days("case when not is_time_censored then days_in_stage end") }} as leaver_mean_days,
            {{ mean_days("case when not is_time_censored and outcome_number = 1 then days_in_stage end") }}
            as advancer_mean_days,
            {{ count_where("not is_time_censored and days_in_stage is not null") }} as leaver_count,
            {{ median("case when not is_time_censored then days_in_stage end") }} as leaver_median_days
        from ({{ exploded }}) as e
        group by slice_id, stage_order
    ),

    observations as (
        select g.group_no, e.days_in_stage as days, e.is_time_censored as is_censored
        from ({{ exploded }}) as e
        inner join groups as g on e.slice_id = g.slice_id and e.stage_order = g.stage_order
        where e.days_in_stage is not null
    ),

    quantiles as ({{ kaplan_meier("observations", {"median_days": 0.5, "p75_days": 0.75, "p90_days": 0.9}) }})

select
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    stage.stage_code,
    cast(g.stage_order as integer) as stage_order,
    q.median_days,
    q.p75_days,
    q.p90_days,
    g.leaver_median_days,
    g.leaver_mean_days,
    g.advancer_mean_days,
    g.timed_count,
    g.leaver_count,
    g.waiting_count,
    {{ rate("g.timed_count", "g.entered_count") }} as coverage_rate,
    clock.as_of
from groups as g
inner join {{ ref("slices") }} as slice on g.slice_id = slice.slice_id
inner join {{ ref("dim_stages") }} as stage on g.stage_order = stage.stage_order
left join quantiles as q on g.group_no = q.group_no
cross join {{ ref("run_clock") }} as clock
