-- One row per act in Gem that is no message: a prospect was added, a candidate was put into a project.
with
    mapped as (
        select
            source_system,
            observed_at,
            'added/' || record_id as activity_id,
            'prospect_added' as activity_code,
            created_at as occurred_at,
            record_id as candidate_id,
            created_by as actor_id
        from {{ latest_version(ref("stg_gem__candidates"), "candidates", "last_updated_at") }}
        union all
        select
            m.source_system,
            m.observed_at,
            'project/' || m.record_id,
            'project_added',
            m.added_at,
            m.candidate_id,
            p.user_id
        from {{ latest_version(ref("stg_gem__project_candidates"), "project_candidates") }} as m
        left join
            {{ latest_version(ref("stg_gem__projects"), "projects") }} as p
            on p.source_system = m.source_system
            and p.record_id = m.project_id
    )

select *
from {{ canonical_rows("crm_activities", "mapped") }} as r
