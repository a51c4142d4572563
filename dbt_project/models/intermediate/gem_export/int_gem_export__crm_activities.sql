-- One row per act in Gem's export that is no message: a prospect was sourced, a candidate was put into a project. Ids
-- are those that the API's rows get.
with
    mapped as (
        select
            source_system,
            observed_at,
            'added/' || candidate_id as activity_id,
            'prospect_added' as activity_code,
            sourced_at as occurred_at,
            candidate_id,
            cast(null as varchar) as actor_id
        from {{ latest_version(ref("stg_gem_export__candidate_info"), "candidate_info") }}
        where sourced_at is not null
        union all
        select
            source_system,
            observed_at,
            'project/' || record_id,
            'project_added',
            added_at,
            candidate_id,
            lower(coalesce(adding_user_email, project_owner_email))
        from {{ latest_version(ref("stg_gem_export__projects"), "projects") }}
    )

select *
from {{ canonical_rows("crm_activities", "mapped") }} as r
