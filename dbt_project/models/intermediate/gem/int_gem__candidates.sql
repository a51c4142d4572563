-- One row per candidate of Gem.
with
    mapped as (
        select c.source_system, c.record_id as candidate_id, c.created_at, c.observed_at
        from {{ latest_version(ref("stg_gem__candidates"), "candidates", "last_updated_at") }} as c
    )

select *
from {{ canonical_rows("candidates", "mapped") }} as r
