-- One row per job x stage below hired that can still bring hires: the classic forward calculator, before roll-ups.
-- Rates and times come from the job's own trailing 12 months; active ones are all who sit in the stage now, whenever
-- they applied. The chain runs over the job's ladder only. Who sits in an unmapped stage, or by the source's word in
-- one that nobody of the job ever visited, or has left the last stage that is known of (at unmapped, too), is unplaced:
-- shown, and worth nothing until it is known what follows. Whose offer is accepted, or who sits in a stage called
-- hired, and is not reported as hired yet has no rate left to pass.
{%- set inactive_days = var("forecast_exclude_inactive_days") %}
with
    placed as (
        select a.job_key, a.is_hire_pending, {{ forecast_stage("a") }} as stage_code
        from {{ ref("fct_applications") }} as a
        cross join {{ ref("run_clock") }} as clock
        where
            a.status_code = 'active' and not a.is_prospect
            {% if inactive_days -%}
                and a.last_activity_at >= {{ add_days("clock.as_of", "-" ~ inactive_days) }}
            {%- endif %}
    ),

    active as (
        select
            job_key,
            stage_code,
            count(*) as active_count,
            {{ count_where("stage_code = 'unmapped'") }} as unplaced_count,
            {{ count_where("is_hire_pending") }} as hire_pending_count
        from placed
        group by job_key, stage_code
    ),

    history as (
        select
            job_slice,
            stage_order,
            {{ rate(count_where("outcome_number = 1"), "count(*)") }} as passthrough_rate,
            {{ mean_days("case when outcome_number = 1 and not is_time_censored then days_in_stage end") }}
            as stage_days
        from {{ ref("int_marts__stage_observations") }}
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
            l.stage_code is not null and p.stage_code <> 'hired' as is_on_chain,
            coalesce(a.active_count, 0) as active_count,
            coalesce(a.unplaced_count, 0) as unplaced_count,
            coalesce(a.hire_pending_count, 0) as hire_pending_count,
            h.passthrough_rate,
            h.stage_days
        from places as p
        inner join {{ ref("int_marts__job_slices") }} as s on p.job_key = s.job_key
        left join {{ ref("dim_stages") }} as d on p.stage_code = d.stage_code
        left join {{ ref("dim_job_stages") }} as l on p.job_key = l.job_key and p.stage_code = l.stage_code
        left join active as a on p.job_key = a.job_key and p.stage_code = a.stage_code
        left join history as h on s.job_slice = h.job_slice and d.stage_order = h.stage_order
    ),

    chain as (select * from stages where is_on_chain),

    forward as ({{ classic_forward("chain", var("forecast_horizon_days")) }}),

    beside as (
        select *, case when stage_code = 'hired' then 1.0 end as cumulative_rate from stages where not is_on_chain
    )

select
    job_key,
    stage_code,
    stage_order,
    active_count,
    unplaced_count,
    hire_pending_count,
    passthrough_rate,
    cumulative_rate,
    stage_days,
    days_late,
    expected_hires_undated,
    expected_hires
from forward
union all
select
    job_key,
    stage_code,
    stage_order,
    active_count,
    unplaced_count,
    hire_pending_count,
    null as passthrough_rate,
    cumulative_rate,
    null as stage_days,
    null as days_late,
    active_count * cumulative_rate as expected_hires_undated,
    active_count * cumulative_rate as expected_hires
from beside
