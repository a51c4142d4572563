-- One row per job and canonical stage on its ladder (concepts.md "Ladder of a job").
-- The stages of its own plan together with those that at least one of its applications visited, from applied on;
-- applied and hired always. A tenant-wide list of stages (stages without a job) is nobody's plan; a stage that an
-- application lists without an entry time is its job's. A job that no list has has no ladder: its applications have
-- their own (int_core__reached_stages).
with
    codes as (
        select c.*
        from {{ ref("stage_code_periods") }} as c
        cross join {{ ref("run_clock") }} as clock
        where {{ holds_at_as_of("c") }}
    ),
    planned_rows as (
        select distinct a.source_system, a.job_id, v.stage_id
        from {{ ref("stage_visits") }} as v
        inner join
            {{ ref("int_core__application_basis") }} as a
            on a.source_system = v.source_system
            and a.application_id = v.application_id
        where v.entered_at is null and a.has_job
    ),
    plan as (
        select
            p.source_system,
            p.job_id,
            p.stage_id,
            p.stage_order as source_stage_order,
            p.stage_name,
            coalesce(j.stage_code, g.stage_code) as stage_code
        from {{ ref("stages") }} as p
        left join codes as g on g.job_id is null and g.source_system = p.source_system and g.stage_id = p.stage_id
        left join codes as j on j.job_id = p.job_id and j.source_system = p.source_system and j.stage_id = p.stage_id
        where p.job_id is not null
        union all
        select
            r.source_system,
            r.job_id,
            r.stage_id,
            coalesce(j.source_stage_order, g.source_stage_order) as source_stage_order,
            coalesce(j.stage_name, g.stage_name) as stage_name,
            coalesce(j.stage_code, g.stage_code) as stage_code
        from planned_rows as r
        left join codes as g on g.job_id is null and g.source_system = r.source_system and g.stage_id = r.stage_id
        left join codes as j on j.job_id = r.job_id and j.source_system = r.source_system and j.stage_id = r.stage_id
        left join
            {{ ref("stages") }} as p
            on p.source_system = r.source_system
            and p.job_id = r.job_id
            and p.stage_id = r.stage_id
        where p.stage_id is null
    ),
    planned as (
        select
            {{ key("job", ["source_system", "job_id"]) }} as job_key,
            stage_code,
            {{ string_list("stage_name", order="source_stage_order, stage_id", separator=" / ") }} as source_stage_names
        from plan
        group by source_system, job_id, stage_code
    ),
    visited as (
        select distinct a.job_key, s.stage_code
        from {{ ref("int_core__application_visited_stages") }} as v
        inner join
            {{ ref("int_core__application_basis") }} as a on a.application_number = v.application_number and a.has_job
        inner join {{ ref("dim_stages") }} as s on s.stage_order = v.stage_order
    ),
    ladder as (
        select p.job_key, p.stage_code
        from planned as p
        inner join {{ ref("dim_jobs") }} as j on j.job_key = p.job_key
        union
        select job_key, stage_code
        from visited
        union
        select j.job_key, s.stage_code
        from {{ ref("dim_jobs") }} as j
        cross join {{ ref("dim_stages") }} as s
        where s.stage_code in ('applied', 'hired')
    )

select
    l.job_key,
    l.stage_code,
    s.stage_order,
    lead(l.stage_code) over (partition by l.job_key order by s.stage_order) as next_stage_code,
    lead(s.stage_order) over (partition by l.job_key order by s.stage_order) as next_stage_order,
    p.source_stage_names,
    p.job_key is not null as is_planned
from ladder as l
inner join {{ ref("dim_stages") }} as s on s.stage_code = l.stage_code and not s.is_outreach
left join planned as p on p.job_key = l.job_key and p.stage_code = l.stage_code
where s.stage_order is not null
