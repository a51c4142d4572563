-- One row per application and canonical stage reached, on the ladder of its job, from applied on; prospects have none
-- (metrics.md "Reached").
-- Reached is furthest >= stage, so a stage of the ladder passed without a visit is there too, implied, with no entry
-- time. Advanced is furthest > stage, dated by the first entry into any higher stage but never before the own entry:
-- who was higher before advances at age 0. Below hired: reached = advanced + rejected + withdrawn + closed + waiting.
with
    reached as (
        select
            a.application_key,
            a.job_key,
            l.stage_code,
            l.stage_order,
            l.next_stage_code,
            l.stage_order < a.furthest_stage_order as is_advanced,
            case
                when l.stage_code = 'applied'
                then f.applied_entry_at
                when l.stage_code = 'hired'
                then a.hired_at
                else v.entered_at
            end as entered_at,
            l.stage_code not in ('applied', 'hired') and v.entered_at is null as is_implied,
            v.visit_count,
            v.days_in_stage,
            v.duration_quality_rank,
            coalesce(v.has_last_visit, false) as has_last_visit
        from {{ ref("fct_applications") }} as a
        inner join {{ ref("application_furthest") }} as f on f.application_key = a.application_key
        inner join {{ ref("dim_job_stages") }} as l on l.job_key = a.job_key and l.stage_order <= a.furthest_stage_order
        left join
            {{ ref("application_visited_stages") }} as v
            on v.application_key = a.application_key
            and v.stage_order = l.stage_order
        where not a.is_prospect
    ),
    dated as (
        select
            *,
            min(entered_at) over (
                partition by application_key order by stage_order desc rows between unbounded preceding and 1 preceding
            ) as higher_entered_at
        from reached
    ),
    resolved as (
        select
            r.*,
            a.status_code,
            a.closed_at,
            case
                when r.is_advanced and r.higher_entered_at < r.entered_at
                then r.entered_at
                when r.is_advanced
                then r.higher_entered_at
            end as advanced_at,
            case
                when r.is_advanced then 'advanced' when a.status_code = 'active' then 'waiting' else a.status_code
            end as outcome_code,
            a.status_code = 'active' and a.current_stage_code = r.stage_code as is_current,
            a.applied_at,
            a.applied_month,
            a.candidate_key,
            a.job_family,
            a.department_key,
            a.office_key,
            a.recruiter_key,
            a.hiring_manager_key,
            a.source_key,
            a.origin_code
        from dated as r
        inner join {{ ref("fct_applications") }} as a on a.application_key = r.application_key
    ),
    outcomes as (
        select
            *,
            case
                when outcome_code = 'advanced'
                then advanced_at
                when outcome_code = 'hired'
                then entered_at
                else closed_at
            end as outcome_at
        from resolved
    )

select
    r.application_key,
    r.stage_code,
    r.stage_order,
    r.entered_at,
    {{ period_start("month", "r.entered_at") }} as entered_month,
    r.is_implied,
    r.next_stage_code,
    r.is_advanced,
    r.advanced_at,
    r.outcome_code,
    r.outcome_at,
    case
        when r.outcome_code = 'waiting'
        then {{ days_between("r.entered_at", "clock.as_of") }}
        when r.outcome_at < r.entered_at
        then 0
        else {{ days_between("r.entered_at", "r.outcome_at") }}
    end as age_days,
    r.days_in_stage,
    cast(coalesce(r.visit_count, 0) as integer) as visit_count,
    r.is_current,
    case
        when r.visit_count is not null then r.is_current or (r.status_code = 'closed' and r.has_last_visit)
    end as is_time_censored,
    case
        r.duration_quality_rank when 1 then 'exact' when 2 then 'approximate' else 'unknown'
    end as duration_quality_code,
    r.applied_at,
    r.applied_month,
    r.status_code as application_status_code,
    r.candidate_key,
    r.job_key,
    r.job_family,
    r.department_key,
    r.office_key,
    r.recruiter_key,
    r.hiring_manager_key,
    r.source_key,
    r.origin_code
from outcomes as r
cross join {{ ref("run_clock") }} as clock
