-- One row per stay of an opportunity in a stage, from its latest stage history (which the account may have edited).
with
    changes as (
        select source_system, observed_at, record_id, unnest(stage_changes) as change
        from {{ latest_version(ref("stg_lever__opportunities"), "opportunities", "updated_at") }}
    ),
    visits as (
        select
            source_system,
            record_id,
            change.tostageid as stage_id,
            {{ parse_unix_millis("change.updatedAt") }} as entered_at,
            max(change.userid) as actor_id,
            max(observed_at) as observed_at
        from changes
        group by all
    ),

    mapped as (
        select v.source_system, v.record_id as application_id, v.stage_id, v.entered_at, v.actor_id, v.observed_at
        from visits as v
        where v.stage_id is not null and v.entered_at is not null
    )

select *
from {{ canonical_rows("stage_visits", "mapped") }} as r
