-- One row per user of Ashby.
with
    mapped as (
        select
            u.source_system,
            u.record_id as user_id,
            {{ full_name("u.first_name", "u.last_name") }} as user_name,
            lower(u.email) as user_email,
            coalesce(u.is_enabled, true) as is_active,
            u.observed_at
        from {{ latest_version(ref("stg_ashby__users"), "users", "updated_at") }} as u
    )

select *
from {{ canonical_rows("users", "mapped") }} as r
