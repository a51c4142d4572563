-- One row per role of a user on a posting of Lever: its owner recruits, and it has a hiring manager. Lever says
-- neither since when nor who it was before.
with
    roles as (
        select source_system, observed_at, record_id as job_id, owner_id as user_id, 'recruiter' as role_code
        from {{ latest_version(ref("stg_lever__postings"), "postings", "updated_at") }}
        union all
        select source_system, observed_at, record_id, hiring_manager_id, 'hiring_manager'
        from {{ latest_version(ref("stg_lever__postings"), "postings", "updated_at") }}
    )

select
    {{ canonical_select("job_team", {"job_id": "r.job_id", "user_id": "r.user_id", "role_code": "r.role_code"}, "r") }}
from roles as r
where r.user_id is not null
