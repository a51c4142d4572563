-- One row per department of Greenhouse.
with
    mapped as (
        select x.source_system, x.record_id as department_id, x.name as department_name, x.parent_id, x.observed_at
        from {{ latest_version(ref("stg_greenhouse__departments"), "departments", "updated_at") }} as x
    )

select *
from {{ canonical_rows("departments", "mapped") }} as r
