-- One row per user of Lever.
with
    mapped as (
        select
            u.source_system,
            u.record_id as user_id,
            u.name as user_name,
            lower(u.email) as user_email,
            u.deactivated_at is null or u.deactivated_at >= {{ as_of() }} as is_active,
            u.observed_at
        from {{ latest_version(ref("stg_lever__users"), "users") }} as u
    )

select *
from {{ canonical_rows("users", "mapped") }} as r
