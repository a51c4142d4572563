-- One row per opportunity of Lever, leads too.
with
    reasons as (select * from {{ latest_version(ref("stg_lever__archive_reasons"), "archive_reasons") }}),
    refusals as (
        select distinct source_system, application_id from {{ ref("int_lever__offers") }} where status_code = 'declined'
    ),
    ended as (
        select
            a.*,
            {{ is_lever_hire("a.archived_at", "r.type", "r.name") }} as is_hired,
            o.application_id is not null as is_refused
        from {{ ref("int_lever__opportunities") }} as a
        left join reasons as r on r.source_system = a.source_system and r.record_id = a.archive_reason_id
        left join refusals as o on o.source_system = a.source_system and o.application_id = a.record_id
    ),

    mapped as (
        select
            a.source_system,
            a.record_id as application_id,
            coalesce(a.contact_id, a.record_id) as candidate_id,
            a.posting_id as job_id,
            case when a.is_prospect then a.created_at else coalesce(a.process_at, a.created_at) end as applied_at,
            case
                when a.archived_at is null
                then 'active'
                when a.is_hired
                then 'hired'
                else {{ ended_status("a.is_refused") }}
            end as status_code,
            a.archived_at as closed_at,
            case when not a.is_hired then a.archive_reason_id end as close_reason_id,
            a.stage_id as current_stage_id,
            case when a.origin = 'university' then 'applied' else lower(a.origin) end as origin_code,
            a.source_id,
            a.owner_id as recruiter_id,
            case when a.origin = 'sourced' then a.sourced_by_id end as sourcer_id,
            nullif(a.opportunity_location, 'unspecified') as office_id,
            a.is_prospect,
            greatest(a.last_interaction_at, a.last_advanced_at, a.archived_at, a.created_at) as last_activity_at,
            a.updated_at,
            a.observed_at
        from ended as a
    )

select *
from {{ canonical_rows("applications", "mapped") }} as r
