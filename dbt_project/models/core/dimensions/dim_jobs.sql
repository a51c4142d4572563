-- One row per requisition (job of the ATS), whatever its class or status.
-- Recruiter and hiring manager are the job's own, else who holds the role in its team at as_of. Without a family the
-- job's name stands for it. A closing time counts only while the requisition is closed: one that is open again was
-- reopened when the first seat since that close was opened, or when the source says it opened; where neither is told,
-- at the close, the earliest that it can have been.
with
    reopenings as (
        select
            j.source_system,
            j.job_id,
            case
                when j.opened_at >= j.closed_at then j.opened_at else coalesce(min(o.opened_at), j.closed_at)
            end as reopened_at
        from {{ ref("jobs") }} as j
        left join
            {{ ref("openings") }} as o
            on o.source_system = j.source_system
            and o.job_id = j.job_id
            and o.opened_at >= j.closed_at
        where j.status_code in ('open', 'on_hold') and j.closed_at is not null
        group by j.source_system, j.job_id, j.opened_at, j.closed_at
    )

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
    case when r.job_id is null then j.closed_at end as closed_at,
    case when r.job_id is not null then j.closed_at end as previous_closed_at,
    r.reopened_at
from {{ ref("jobs") }} as j
cross join {{ ref("run_clock") }} as clock
left join reopenings as r on r.source_system = j.source_system and r.job_id = j.job_id
left join
    {{ ref("int_core__job_credit") }} as t
    on t.job_key = {{ key("job", ["j.source_system", "j.job_id"]) }}
    and t.from_at <= clock.as_of
    and clock.as_of < t.to_at
