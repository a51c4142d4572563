-- One row per requisition (job of the ATS), whatever its class or status.
-- Recruiter and hiring manager are the job's own, else who holds the role in its team at as_of. Without a family the
-- job's name stands for it.
select
    {{ key("job", ["j.source_system", "j.job_id"]) }} as job_key,
    j.source_system,
    j.job_id,
    j.job_name,
    coalesce(j.job_family, j.job_name) as job_family,
    j.job_level_code,
    {{ optional_key("department", ["j.source_system", "j.department_id"]) }} as department_key,
    {{ optional_key("office", ["j.source_system", "j.office_id"]) }} as office_key,
    coalesce({{ optional_key("user", ["j.source_system", "j.recruiter_id"]) }}, t.recruiter_key) as recruiter_key,
    coalesce(
        {{ optional_key("user", ["j.source_system", "j.hiring_manager_id"]) }}, t.hiring_manager_key
    ) as hiring_manager_key,
    coalesce(j.job_class_code, 'role') as job_class,
    j.status_code as status,
    j.opened_at,
    j.closed_at
from {{ ref("jobs") }} as j
cross join {{ ref("run_clock") }} as clock
left join
    {{ ref("int_core__job_credit") }} as t
    on t.job_key = {{ key("job", ["j.source_system", "j.job_id"]) }}
    and t.from_at <= clock.as_of
    and clock.as_of < t.to_at
