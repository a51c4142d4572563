-- One row per role of a user on a posting of Lever: its owner recruits, and it has a hiring manager.
with
    roles as (
        select source_system, observed_at, record_id as job_id, owner_id as user_id, 'recruiter' as role_code
        from {{ latest_version(ref("stg_lever__postings"), "postings", "updated_at") }}
        union all
        select source_system, observed_at, record_id, hiring_manager_id, 'hiring_manager'
        from {{ latest_version(ref("stg_lever__postings"), "postings", "updated_at") }}
    ),

    mapped as (
        select r.source_system, r.job_id, r.user_id, r.role_code, r.observed_at
        from roles as r
        where r.user_id is not null
    )

select *
from {{ canonical_rows("job_team", "mapped") }} as r
