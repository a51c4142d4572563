-- One row per role of a user on a job in Ashby, as the team is now: Ashby keeps no dates of it.
with
    members as (
        select source_system, observed_at, record_id as job_id, unnest(hiring_team) as m
        from {{ latest_version(ref("stg_ashby__jobs"), "jobs", "updated_at") }}
    ),
    roles as (
        select distinct source_system, observed_at, job_id, m.userid as user_id, {{ ashby_role("m.role") }} as role_code
        from members
    ),

    mapped as (
        select r.source_system, r.job_id, r.user_id, r.role_code, r.observed_at
        from roles as r
        where r.role_code is not null and r.user_id is not null
    )

select *
from {{ canonical_rows("job_team", "mapped") }} as r
