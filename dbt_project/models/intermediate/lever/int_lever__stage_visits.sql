-- One row per stay of an opportunity in a stage, from its latest stage history (which the account may have edited). A
-- change says where to and when, not from where nor until when: the next entry or the archiving ends a stay. Its
-- toStageIndex is the stage's place at that time and says nothing today. A change listed twice is one.
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
    )

select
    {{
        canonical_select(
            "stage_visits",
            {
                "application_id": "v.record_id",
                "stage_id": "v.stage_id",
                "entered_at": "v.entered_at",
                "actor_id": "v.actor_id",
            },
            "v",
        )
    }}
from visits as v
where v.stage_id is not null and v.entered_at is not null
