-- One row per user that Gem's export names. It names them by email only, which is their id here.
with
    names as (
        select source_system, observed_at, user_email, user_name
        from {{ latest_version(ref("stg_gem_export__event_log"), "event_log") }}
        union all
        select source_system, observed_at, project_owner_email, project_owner_name
        from {{ latest_version(ref("stg_gem_export__projects"), "projects") }}
        union all
        select source_system, observed_at, adding_user_email, adding_user_name
        from {{ latest_version(ref("stg_gem_export__projects"), "projects") }}
    ),
    users as (
        select
            source_system,
            lower(user_email) as user_email,
            max_by(user_name, (observed_at, user_name)) as user_name,
            max(observed_at) as observed_at
        from names
        where user_email is not null
        group by all
    ),

    mapped as (
        select u.source_system, u.user_email as user_id, u.user_name, u.user_email, u.observed_at from users as u
    )

select *
from {{ canonical_rows("users", "mapped") }} as r
