-- One row per application and canonical stage reached, on the ladder of its job, from applied on; prospects have none
-- (the rules: int_core__reached_stages).
-- is_current is where an active application sits now, also after a move back; its time there is still growing. So is,
-- for the clock, the last visit's when the position closed. Who is unplaced sits nowhere: all its visits have ended.
with
    applications as (
        select
            b.application_number,
            a.*,
            case when a.status_code = 'active' and not a.is_unplaced then a.current_stage_code end as sits_in_stage_code
        from {{ ref("fct_applications") }} as a
        inner join {{ ref("int_core__application_basis") }} as b on b.application_key = a.application_key
    )

select
    a.application_key,
    s.stage_code,
    r.stage_order,
    r.entered_at,
    {{ period_start("month", "r.entered_at") }} as entered_month,
    r.is_implied,
    n.stage_code as next_stage_code,
    r.is_advanced,
    r.advanced_at,
    case
        r.outcome_number
        when 1
        then 'advanced'
        when 2
        then 'rejected'
        when 3
        then 'withdrawn'
        when 4
        then 'closed'
        when 5
        then 'waiting'
        else 'hired'
    end as outcome_code,
    r.outcome_at,
    r.age_days,
    r.days_in_stage,
    r.visit_count,
    coalesce(a.sits_in_stage_code = s.stage_code, false) as is_current,
    case
        when r.visit_count > 0
        then coalesce(a.sits_in_stage_code = s.stage_code, false) or (a.status_code = 'closed' and r.has_last_visit)
    end as is_time_censored,
    case
        r.duration_quality_rank when 1 then 'exact' when 2 then 'approximate' else 'unknown'
    end as duration_quality_code,
    a.applied_at,
    a.applied_month,
    a.status_code as application_status_code,
    a.job_key,
    a.job_family,
    a.department_key,
    a.office_key,
    a.recruiter_key,
    a.hiring_manager_key,
    a.source_key,
    a.origin_code
from {{ ref("int_core__reached_stages") }} as r
inner join applications as a on a.application_number = r.application_number
inner join {{ ref("dim_stages") }} as s on s.stage_order = r.stage_order
left join {{ ref("dim_stages") }} as n on n.stage_order = r.next_stage_order
