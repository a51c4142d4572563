-- One row per user of Gem.
select
    {{
        canonical_select(
            "users", {"user_id": "u.record_id", "user_name": "u.name", "user_email": "lower(u.email)"}, "u"
        )
    }}
from {{ latest_version(ref("stg_gem__users"), "users") }} as u
