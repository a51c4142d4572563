-- One row per move of an application into a stage that a webhook told.
{{ config(materialized="stored_table") }}

with
    moves as (
        select
            source_system,
            application_id,
            stage_id,
            case when last_activity_at <= observed_at then last_activity_at end as active_at,
            observed_at
        from {{ latest_version(ref("stg_greenhouse__webhooks"), "webhooks") }}
        where action = 'candidate_stage_change' and application_id is not null and stage_id is not null
    )

select
    source_system,
    application_id,
    stage_id,
    coalesce(active_at, observed_at) as moved_at,
    min(
        case when active_at is null then observed_at - interval 16 hours else active_at - interval 15 minutes end
    ) as not_before,
    min(observed_at) as observed_at
from moves
group by source_system, application_id, stage_id, coalesce(active_at, observed_at)
