-- One row per line of the hiring plan, with the keys of the department and the requisition that it names.
-- A plan is often a file of its own: where its own source does not know an id, it is that of the only source that does.
with
    departments as (select source_system, department_id from {{ ref("departments") }}),
    jobs as (select source_system, job_id from {{ ref("jobs") }}),
    placed as (
        select
            p.*,
            {{ home_of("p", "departments") }} as department_source_system,
            {{ home_of("p", "jobs") }} as job_source_system
        from
            {{ ref("hiring_plan") }} as p
            {{ join_homes("p", "departments", "department_id") }}
            {{ join_homes("p", "jobs", "job_id") }}
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
