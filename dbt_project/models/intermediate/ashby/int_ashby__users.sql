-- One row per user of Ashby.
select
    {{
        canonical_select(
            "users",
            {
                "user_id": "u.record_id",
                "user_name": "nullif(concat_ws(' ', u.first_name, u.last_name), '')",
                "user_email": "lower(u.email)",
                "is_active": "coalesce(u.is_enabled, true)",
            },
            "u",
        )
    }}
from {{ latest_version(ref("stg_ashby__users"), "users", "updated_at") }} as u
