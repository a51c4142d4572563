-- One row per office of Greenhouse.
with
    mapped as (
        select x.source_system, x.record_id as office_id, x.name as office_name, x.observed_at
        from {{ latest_version(ref("stg_greenhouse__offices"), "offices", "updated_at") }} as x
    )

select *
from {{ canonical_rows("offices", "mapped") }} as r
