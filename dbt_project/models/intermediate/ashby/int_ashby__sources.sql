-- One row per source of Ashby.
with
    mapped as (
        select x.source_system, x.record_id as source_id, x.title as source_name, x.observed_at
        from {{ latest_version(ref("stg_ashby__sources"), "sources") }} as x
    )

select *
from {{ canonical_rows("sources", "mapped") }} as r
