-- One row per location of Ashby.
with
    mapped as (
        select x.source_system, x.record_id as office_id, x.name as office_name, x.observed_at
        from {{ latest_version(ref("stg_ashby__locations"), "locations") }} as x
    )

select *
from {{ canonical_rows("offices", "mapped") }} as r
