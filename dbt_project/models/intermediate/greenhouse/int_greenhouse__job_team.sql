-- One row per role of a user on a job in Greenhouse; the role began when Greenhouse made the row.
with
    roles as (
        select source_system, observed_at, job_id, user_id, type as role_code, created_at
        from {{ latest_version(ref("stg_greenhouse__job_owners"), "job_owners", "updated_at") }}
        union all
        select source_system, observed_at, job_id, user_id, 'hiring_manager', created_at
        from {{ latest_version(ref("stg_greenhouse__job_hiring_managers"), "job_hiring_managers", "updated_at") }}
    ),

    mapped as (
        select r.source_system, r.job_id, r.user_id, r.role_code, r.created_at as assigned_at, r.observed_at
        from roles as r
    )

select *
from {{ canonical_rows("job_team", "mapped") }} as r
