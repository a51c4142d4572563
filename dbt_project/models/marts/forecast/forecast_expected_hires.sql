-- One row per slice (job, and its roll-ups company, department, department_tree, office, job_family) x stage with a
-- pipeline.
-- Roll-ups are sums of jobs; their rates and times are means weighted by the active applications, and their
-- days_late is that of the job least late. total_expected_hires, the same on every row of a slice, is the rounded
-- sum of its stages that are on time: the headline. pooled_expected_hires is the reading beside it: a job that has not
-- hired yet borrows the rates of the slice around it (int_marts__job_pooled_rates), whatever the date. Who is active
-- without a job that a list has counts in the roll-ups and is unplaced: worth nothing until the job is known.
{%- set inactive_days = var("forecast_exclude_inactive_days") %}
with
    unplaced as (
        select
            {{ slice_columns("s", slice_types("decides")) }}, a.is_hire_pending, {{ forecast_stage("a") }} as stage_code
        from {{ ref("fct_applications") }} as a
        cross join {{ ref("run_clock") }} as clock
        inner join {{ ref("int_marts__application_slices") }} as s on a.application_key = s.application_key
        left join {{ ref("dim_jobs") }} as j on a.job_key = j.job_key
        where
            a.status_code = 'active' and not a.is_prospect and j.job_key is null
            {% if inactive_days -%}
                and a.last_activity_at >= {{ add_days("clock.as_of", "-" ~ inactive_days) }}
            {%- endif %}
    ),

    jobs as (
        select
            {{ slice_columns("s", slice_types("decides")) }},
            f.stage_code,
            f.stage_order,
            f.active_count,
            f.unplaced_count,
            f.hire_pending_count,
            f.passthrough_rate,
            f.cumulative_rate,
            f.stage_days,
            f.days_late,
            f.expected_hires_undated,
            f.expected_hires,
            f.active_count * case when f.stage_code = 'hired' then 1.0 else p.pooled_rate end as pooled_expected_hires,
            greatest(f.active_count, 1e-9) as weight
        from {{ ref("int_marts__job_forecast") }} as f
        inner join {{ ref("int_marts__job_slices") }} as s on f.job_key = s.job_key
        left join
            {{ ref("int_marts__job_pooled_rates") }} as p on f.job_key = p.job_key and f.stage_order = p.stage_order
        union all
        select
            {{ slice_columns("u", slice_types("decides")) }},
            u.stage_code,
            d.stage_order,
            count(*) as active_count,
            {{ count_where("u.stage_code <> 'hired'") }} as unplaced_count,
            {{ count_where("u.is_hire_pending") }} as hire_pending_count,
            null as passthrough_rate,
            case when u.stage_code = 'hired' then 1.0 end as cumulative_rate,
            null as stage_days,
            null as days_late,
            case when u.stage_code = 'hired' then count(*) end as expected_hires_undated,
            case when u.stage_code = 'hired' then count(*) end as expected_hires,
            case when u.stage_code = 'hired' then count(*) end as pooled_expected_hires,
            count(*) as weight
        from unplaced as u
        left join {{ ref("dim_stages") }} as d on u.stage_code = d.stage_code
        group by {{ slice_columns("u", slice_types("decides")) }}, u.stage_code, d.stage_order
    ),

    exploded as (
        {{
            explode_slices(
                "jobs",
                [
                    "stage_code",
                    "stage_order",
                    "active_count",
                    "unplaced_count",
                    "hire_pending_count",
                    "passthrough_rate",
                    "cumulative_rate",
                    "stage_days",
                    "days_late",
                    "expected_hires_undated",
                    "expected_hires",
                    "pooled_expected_hires",
                    "weight",
                ],
                types=slice_types("decides"),
            )
        }}
    ),

    summed as (
        select
            slice_id,
            stage_code,
            max(stage_order) as stage_order,
            cast(sum(active_count) as bigint) as active_count,
            cast(sum(unplaced_count) as bigint) as unplaced_count,
            cast(sum(hire_pending_count) as bigint) as hire_pending_count,
            {% for name in ["passthrough_rate", "cumulative_rate", "stage_days"] -%}
                sum({{ name }} * weight)
                / nullif(sum(case when {{ name }} is not null then weight end), 0) as {{ name }},
            {% endfor -%}
            min(days_late) as days_late,
            cast(
                sum(case when cumulative_rate is null then active_count else 0 end) as bigint
            ) as without_history_count,
            sum(expected_hires_undated) as expected_hires_undated,
            sum(expected_hires) as expected_hires,
            sum(pooled_expected_hires) as pooled_expected_hires
        from exploded
        group by slice_id, stage_code
    )

select
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    s.stage_code,
    cast(s.stage_order as integer) as stage_order,
    s.active_count,
    s.unplaced_count,
    s.hire_pending_count,
    s.passthrough_rate,
    s.cumulative_rate,
    s.stage_days,
    s.days_late,
    s.expected_hires,
    s.expected_hires_undated,
    s.pooled_expected_hires,
    s.without_history_count,
    {{ half_up("coalesce(sum(s.expected_hires) over (partition by s.slice_id), 0)") }} as total_expected_hires,
    cast({{ var("forecast_horizon_days") }} as integer) as horizon_days,
    {{ local_date(add_days("clock.as_of", var("forecast_horizon_days"))) }} as horizon_on,
    clock.as_of
from summed as s
inner join {{ ref("int_marts__slices") }} as slice on s.slice_id = slice.slice_id
cross join {{ ref("run_clock") }} as clock
