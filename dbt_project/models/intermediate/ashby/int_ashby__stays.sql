-- One row per stay of an application in a stage of Ashby, those for leads, hires and archived ones too.
{{ config(materialized="stored_table") }}

with
    entries as (
        select h.source_system, h.observed_at, h.application_id, unnest(h.history) as e
        from {{ latest_version(ref("stg_ashby__application_history"), "application_history") }} as h
    ),
    stages as (
        select source_system, record_id, type
        from {{ latest_version(ref("stg_ashby__interview_stages"), "interview_stages") }}
    ),
    stays as (
        select
            source_system,
            observed_at,
            application_id,
            e.stageid as stage_id,
            e.title as stage_name,
            {{ parse_timestamp("e.enteredStageAt") }} as entered_at,
            {{ parse_timestamp("e.leftStageAt") }} as exited_at,
            e.actorid as actor_id
        from entries
    )

select
    v.source_system,
    v.application_id,
    v.stage_id,
    v.entered_at,
    min(v.stage_name) as stage_name,
    min(v.exited_at) as exited_at,
    min(v.actor_id) as actor_id,
    min(
        coalesce(s.type, case when v.stage_name in ('Hired', 'Archived') then v.stage_name else 'Active' end)
    ) as stage_type,
    bool_or(s.record_id is null) as is_unlisted,
    max(v.observed_at) as observed_at
from stays as v
left join stages as s on s.source_system = v.source_system and s.record_id = v.stage_id
where v.entered_at is not null
group by v.source_system, v.application_id, v.stage_id, v.entered_at
