-- One row per user of Gem.
with
    mapped as (
        select u.source_system, u.record_id as user_id, u.name as user_name, lower(u.email) as user_email, u.observed_at
        from {{ latest_version(ref("stg_gem__users"), "users") }} as u
    )

select *
from {{ canonical_rows("users", "mapped") }} as r
