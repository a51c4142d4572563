-- One row per application of Ashby, leads too.
with
    latest as (select * from {{ latest_version(ref("stg_ashby__applications"), "applications", "updated_at") }}),
    stays as (
        select
            source_system,
            application_id,
            min(case when stage_type = 'Hired' then entered_at end) as hired_stage_at,
            bool_or(stage_type = 'Lead') as was_lead,
            min(case when stage_type not in ('Lead', 'Archived') then entered_at end) as process_at
        from {{ ref("int_ashby__stays") }}
        group by all
    ),
    refusals as (
        select source_system, application_id, max(decided_at) as refused_at
        from {{ latest_version(ref("stg_ashby__offers"), "offers", "decided_at") }}
        where offer_status = 'CandidateRejected'
        group by all
    ),
    ended as (
        select
            a.*,
            o.refused_at,
            case when a.status = 'Hired' then s.hired_stage_at end as hired_at,
            case when a.status = 'Archived' then a.archived_at end as ended_at,
            case when a.status = 'Archived' then a.archive_reason_id end as close_reason_id,
            a.status = 'Lead' or (s.was_lead and s.process_at is null) as is_lead,
            case when s.was_lead then s.process_at end as process_at
        from latest as a
        left join stays as s on s.source_system = a.source_system and s.application_id = a.record_id
        left join refusals as o on o.source_system = a.source_system and o.application_id = a.record_id
    ),

    mapped as (
        select
            a.source_system,
            a.record_id as application_id,
            a.candidate_id,
            a.job_id,
            coalesce(a.process_at, a.created_at) as applied_at,
            {{ ashby_application_status("a.status", "a.refused_at <= a.ended_at") }} as status_code,
            a.hired_at,
            a.ended_at as closed_at,
            a.close_reason_id,
            case when a.stage_type not in ('Lead', 'Hired', 'Archived') then a.stage_id end as current_stage_id,
            a.source_id,
            {{ ashby_member("a.hiring_team", "recruiter") }} as recruiter_id,
            {{ ashby_member("a.hiring_team", "sourcer") }} as sourcer_id,
            {{ ashby_member("a.hiring_team", "coordinator") }} as coordinator_id,
            coalesce(a.is_lead, false) as is_prospect,
            a.updated_at as last_activity_at,
            a.updated_at,
            a.observed_at
        from ended as a
    )

select *
from {{ canonical_rows("applications", "mapped") }} as r
