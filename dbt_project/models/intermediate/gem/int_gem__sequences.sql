-- One row per sequence of Gem.
with
    mapped as (
        select
            s.source_system,
            s.record_id as sequence_id,
            s.name as sequence_name,
            s.user_id as owner_id,
            s.created_at,
            s.observed_at
        from {{ latest_version(ref("stg_gem__sequences"), "sequences") }} as s
    )

select *
from {{ canonical_rows("sequences", "mapped") }} as r
