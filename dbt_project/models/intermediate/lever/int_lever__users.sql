-- One row per user of Lever.
select
    {{
        canonical_select(
            "users",
            {
                "user_id": "u.record_id",
                "user_name": "u.name",
                "user_email": "lower(u.email)",
                "is_active": "u.deactivated_at is null or u.deactivated_at >= " ~ as_of(),
            },
            "u",
        )
    }}
from {{ latest_version(ref("stg_lever__users"), "users") }} as u
