-- One row per stage (x job, where it differs by job) x stretch of time in which one canonical stage holds for it.
-- A stage that rows name and no list has (a deleted one) is there too; it is mapped by its id, as is one without a
-- name.
{{ config(materialized="stored_table") }}

with
    named as (
        select source_system, stage_id, job_id, stage_name, stage_type_code, stage_order
        from {{ ref("stages") }}
        union all
        select distinct source_system, unknown_id, null, null, null, null
        from {{ ref("unknown_ids") }}
        where references_name = 'stages'
    ),
    stages as (
        select
            s.*,
            count(*) over (partition by s.source_system, s.stage_id) as job_count,
            row_number() over (partition by s.source_system, s.stage_id order by s.job_id nulls first) as job_rank
        from named as s
    ),
    mapping as (
        select
            source_system,
            job_id,
            {{ name_key("stage_name") }} as name_key,
            stage_code as mapped_code,
            {{ mapping_period() }}
        from {{ ref("stg_config__stages") }}
    ),
    things as (
        select
            source_system,
            stage_id as thing_id,
            '' as job_key_text,
            job_id as match_job_id,
            {{ name_key("coalesce(stage_name, stage_id)") }} as name_key
        from stages
        where job_rank = 1
        union
        select source_system, stage_id, job_id, job_id, {{ name_key("coalesce(stage_name, stage_id)") }}
        from stages
        where job_count > 1 and job_id is not null
        union
        select s.source_system, s.stage_id, m.job_id, m.job_id, {{ name_key("coalesce(s.stage_name, s.stage_id)") }}
        from stages as s
        inner join mapping as m on m.name_key = {{ name_key("coalesce(s.stage_name, s.stage_id)") }}
        where
            s.job_id is null and m.job_id is not null and (m.source_system is null or m.source_system = s.source_system)
    ),
    mapped as ({{ dated_codes("things", "mapping", ["mapped_code"]) }})

select
    m.source_system,
    m.thing_id as stage_id,
    nullif(m.job_key_text, '') as job_id,
    s.stage_name,
    s.stage_order as source_stage_order,
    coalesce(m.mapped_code, t.stage_code, n.stage_code, 'unmapped') as stage_code,
    case
        when m.mapped_code is not null
        then 'mapping'
        when t.stage_code is not null
        then 'type'
        when n.stage_code is not null
        then 'name'
        else 'none'
    end as matched_by,
    m.valid_from_at,
    m.valid_to_at
from mapped as m
left join stages as o on o.source_system = m.source_system and o.stage_id = m.thing_id and o.job_id = m.job_key_text
-- the job's own row, else the first, which is the general one where there is one
inner join
    stages as s
    on s.source_system = m.source_system
    and s.stage_id = m.thing_id
    and (s.job_id = m.job_key_text or (o.stage_id is null and s.job_rank = 1))
left join {{ ref("canonical_stages") }} as t on t.stage_code = {{ code_key("s.stage_type_code") }}
left join {{ ref("canonical_stages") }} as n on n.stage_code = replace({{ name_key("s.stage_name") }}, ' ', '_')
