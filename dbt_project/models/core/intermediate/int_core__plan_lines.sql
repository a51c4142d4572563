-- One row per line of the hiring plan, with the keys of the department and the requisition that it names.
-- A plan is often a file of its own: where its own source does not know an id, it is that of the only source that does.
with
    departments as (select source_system, department_id from {{ ref("departments") }}),
    jobs as (select source_system, job_id from {{ ref("jobs") }}),
    department_homes as ({{ only_homes("departments", "department_id") }}),
    job_homes as ({{ only_homes("jobs", "job_id") }}),
    placed as (
        select
            p.*,
            case
                when d.department_id is null then coalesce(dh.source_system, p.source_system) else p.source_system
            end as department_source_system,
            case
                when j.job_id is null then coalesce(jh.source_system, p.source_system) else p.source_system
            end as job_source_system
        from {{ ref("hiring_plan") }} as p
        left join departments as d on d.source_system = p.source_system and d.department_id = p.department_id
        left join department_homes as dh on dh.department_id = p.department_id
        left join jobs as j on j.source_system = p.source_system and j.job_id = p.job_id
        left join job_homes as jh on jh.job_id = p.job_id
    )

select
    {{ key("plan_line", ["source_system", "plan_line_id"]) }} as plan_line_key,
    period_start_on,
    period_end_on,
    planned_hires,
    {{ optional_key("department", ["department_source_system", "department_id"]) }} as department_key,
    job_family,
    {{ optional_key("job", ["job_source_system", "job_id"]) }} as job_key
from placed
