-- One row per source of Greenhouse.
with
    mapped as (
        select x.source_system, x.record_id as source_id, x.name as source_name, x.observed_at
        from {{ latest_version(ref("stg_greenhouse__sources"), "sources", "updated_at") }} as x
    )

select *
from {{ canonical_rows("sources", "mapped") }} as r
