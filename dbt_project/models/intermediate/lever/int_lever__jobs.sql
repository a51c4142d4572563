-- One row per posting of Lever: what people apply to.
with
    latest as (select * from {{ latest_version(ref("stg_lever__postings"), "postings", "updated_at") }}),
    seen as (
        select source_system, record_id, max(case when state <> 'closed' then observed_at end) as last_open_at
        from {{ ref("stg_lever__postings") }}
        where observed_at < (select known_at from {{ ref("run_clock") }})
        group by all
    ),
    closings as (
        select v.source_system, v.record_id, arg_min(v.updated_at, v.observed_at) as closed_at
        from {{ ref("stg_lever__postings") }} as v
        inner join seen as s on s.source_system = v.source_system and s.record_id = v.record_id
        where
            v.state = 'closed'
            and v.observed_at > coalesce(s.last_open_at, {{ beginning_of_time() }})
            and v.observed_at < (select known_at from {{ ref("run_clock") }})
        group by all
    ),
    requisitions as (
        select
            source_system,
            posting_id,
            max(case when status <> 'closed' then 1 else 0 end) as has_open,
            max(case when status in ('open', 'pending', 'draft') then 1 else 0 end) as has_running,
            max(closed_at) as closed_at,
            arg_max(job_family, (created_at, record_id)) as job_family,
            arg_max(job_level, (created_at, record_id)) as job_level
        from
            (
                select *, unnest(posting_ids) as posting_id
                from {{ latest_version(ref("stg_lever__requisitions"), "requisitions", "updated_at") }}
            )
        group by all
    ),

    mapped as (
        select
            p.source_system,
            p.record_id as job_id,
            p.name as job_name,
            case
                when p.state = 'closed'
                then 'closed'
                when p.state in ('draft', 'pending', 'rejected')
                then 'draft'
                when r.has_open = 1 and r.has_running = 0
                then 'on_hold'
                else 'open'
            end as status_code,
            r.job_family as job_family,
            {{ code_key("coalesce(r.job_level, p.level_name)") }} as job_level_code,
            'role' as job_class_code,
            {{ lever_department("p.department_name", "p.team_name") }} as department_id,
            p.location_name as office_id,
            case when p.state not in ('draft', 'pending', 'rejected') then p.created_at end as opened_at,
            case when p.state = 'closed' then coalesce(c.closed_at, r.closed_at) end as closed_at,
            p.owner_id as recruiter_id,
            p.hiring_manager_id,
            p.observed_at
        from latest as p
        left join closings as c on c.source_system = p.source_system and c.record_id = p.record_id
        left join requisitions as r on r.source_system = p.source_system and r.posting_id = p.record_id
    )

select *
from {{ canonical_rows("jobs", "mapped") }} as r
