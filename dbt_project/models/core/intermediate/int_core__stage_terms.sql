-- One row per stage of a source (x job, where it differs by job) and stretch of time in which it means one canonical
-- stage; a stage that visits name and no source lists is unmapped.
-- term_number holds within one build, as application_number does.
with
    visited as (select distinct source_system, stage_id from {{ ref("stage_visits") }}),
    terms as (
        select
            p.source_system,
            p.stage_id,
            p.job_id,
            p.stage_name,
            p.source_stage_order,
            p.stage_code,
            s.stage_order,
            p.valid_from_at,
            p.valid_to_at
        from {{ ref("stage_code_periods") }} as p
        left join {{ ref("dim_stages") }} as s on s.stage_code = p.stage_code
        union all
        select
            v.source_system,
            v.stage_id,
            null as job_id,
            null as stage_name,
            null as source_stage_order,
            'unmapped' as stage_code,
            null as stage_order,
            {{ beginning_of_time() }} as valid_from_at,
            {{ end_of_time() }} as valid_to_at
        from visited as v
        left join
            {{ ref("stage_code_periods") }} as p
            on p.source_system = v.source_system
            and p.stage_id = v.stage_id
            and p.job_id is null
        where p.stage_id is null
    )

select
    cast(
        row_number() over (order by source_system, stage_id, job_id nulls first, valid_from_at) as integer
    ) as term_number,
    *
from terms
