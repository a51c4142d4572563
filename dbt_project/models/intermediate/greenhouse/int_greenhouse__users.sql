-- One row per user of Greenhouse.
with
    mapped as (
        select
            u.source_system,
            u.record_id as user_id,
            {{ full_name("u.first_name", "u.last_name") }} as user_name,
            lower(u.primary_email) as user_email,
            not coalesce(u.deactivated, false) as is_active,
            u.observed_at
        from {{ latest_version(ref("stg_greenhouse__users"), "users", "updated_at") }} as u
    )

select *
from {{ canonical_rows("users", "mapped") }} as r
