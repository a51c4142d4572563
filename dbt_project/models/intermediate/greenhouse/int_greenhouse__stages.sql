-- One row per stage of a job's interview plan in Greenhouse, retired stages too: old visits still name them.
with
    mapped as (
        select
            s.source_system,
            s.record_id as stage_id,
            s.job_id,
            s.name as stage_name,
            s.sort_order as stage_order,
            s.observed_at
        from
            {{ latest_version(ref("stg_greenhouse__job_interview_stages"), "job_interview_stages", "updated_at") }} as s
    )

select *
from {{ canonical_rows("stages", "mapped") }} as r
