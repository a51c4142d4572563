-- One row per user of Greenhouse.
select
    {{
        canonical_select(
            "users",
            {
                "user_id": "u.record_id",
                "user_name": "nullif(concat_ws(' ', u.first_name, u.last_name), '')",
                "user_email": "lower(u.primary_email)",
                "is_active": "not coalesce(u.deactivated, false)",
            },
            "u",
        )
    }}
from {{ latest_version(ref("stg_greenhouse__users"), "users", "updated_at") }} as u
