-- One row per job x stage below hired that can still bring hires: the classic forward calculator, before roll-ups.
-- Rates and times come from the job's own trailing 12 months; active ones are all who sit in the stage now, whenever
-- they applied. Who sits in an unmapped stage is unplaced: shown, and worth nothing until the stage is mapped.
{%- set inactive_days = var("forecast_exclude_inactive_days") %}
with
    active as (
        select a.job_key, coalesce(a.current_stage_code, 'unmapped') as stage_code, count(*) as active_count
        from {{ ref("fct_applications") }} as a
        cross join {{ ref("run_clock") }} as clock
        where
            a.status_code = 'active' and not a.is_prospect
            {% if inactive_days -%}
                and a.last_activity_at >= {{ add_days("clock.as_of", "-" ~ inactive_days) }}
            {%- endif %}
        group by a.job_key, coalesce(a.current_stage_code, 'unmapped')
    ),

    history as (
        select
            job_slice,
            stage_order,
            {{ rate(count_where("outcome_number = 1"), "count(*)") }} as passthrough_rate,
            avg(case when outcome_number = 1 and not is_time_censored then days_in_stage end) as stage_days
        from {{ ref("stage_observations") }}
        where is_trailing
        group by job_slice, stage_order
    ),

    places as (
        select l.job_key, l.stage_code
        from {{ ref("dim_job_stages") }} as l
        inner join {{ ref("dim_jobs") }} as j on l.job_key = j.job_key
        where
            l.stage_code <> 'hired'
            and (j.status in ('open', 'on_hold') or j.job_key in (select a.job_key from active as a))
        union
        select job_key, stage_code
        from active
        where job_key is not null
    ),

    stages as (
        select
            s.job_slice as group_no,
            p.job_key,
            p.stage_code,
            d.stage_order,
            coalesce(a.active_count, 0) as active_count,
            h.passthrough_rate,
            h.stage_days
        from places as p
        inner join {{ ref("job_slices") }} as s on p.job_key = s.job_key
        left join {{ ref("dim_stages") }} as d on p.stage_code = d.stage_code
        left join active as a on p.job_key = a.job_key and p.stage_code = a.stage_code
        left join history as h on s.job_slice = h.job_slice and d.stage_order = h.stage_order
    ),

    forward as ({{ classic_forward("stages", var("forecast_horizon_days")) }})

select
    job_key,
    stage_code,
    stage_order,
    active_count,
    passthrough_rate,
    cumulative_rate,
    stage_days,
    days_late,
    expected_hires_undated,
    expected_hires
from forward
union all
select job_key, stage_code, null, active_count, null, null, null, null, null, null
from stages
where stage_order is null
