-- One row per role of a user on a job in Greenhouse; the role began when Greenhouse made the row. Who left a team
-- leaves no trace in a list.
with
    roles as (
        select source_system, observed_at, job_id, user_id, type as role_code, created_at
        from {{ latest_version(ref("stg_greenhouse__job_owners"), "job_owners", "updated_at") }}
        union all
        select source_system, observed_at, job_id, user_id, 'hiring_manager', created_at
        from {{ latest_version(ref("stg_greenhouse__job_hiring_managers"), "job_hiring_managers", "updated_at") }}
    )

select
    {{
        canonical_select(
            "job_team",
            {"job_id": "r.job_id", "user_id": "r.user_id", "role_code": "r.role_code", "assigned_at": "r.created_at"},
            "r",
        )
    }}
from roles as r
