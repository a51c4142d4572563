-- One row per application of Greenhouse, prospects too.
with
    latest as (select * from {{ latest_version(ref("stg_greenhouse__applications"), "applications", "updated_at") }}),
    current_stages as (
        select a.source_system, a.record_id, arg_max(s.job_interview_stage_id, s.observed_at) as job_interview_stage_id
        from latest as a
        inner join
            {{ ref("stg_greenhouse__application_stages") }} as s
            on s.source_system = a.source_system
            and s.record_id = a.stage_id
            and s.observed_at < (select known_at from {{ ref("run_clock") }})
        group by all
    ),
    rejections as (
        select source_system, application_id, rejection_reason_id, rejected_at
        from
            (
                select
                    *,
                    row_number() over (
                        partition by source_system, application_id order by rejected_at desc nulls last, record_id desc
                    ) as rejection_rank
                from {{ latest_version(ref("stg_greenhouse__rejection_details"), "rejection_details", "updated_at") }}
            )
        where rejection_rank = 1
    ),
    refusals as (
        select source_system, application_id, arg_max(resolved_at, version) as refused_at
        from {{ latest_version(ref("stg_greenhouse__offers"), "offers", "updated_at") }}
        where status = 'Rejected'
        group by all
    ),
    fillings as (
        select source_system, application_id, min(closed_at) as filled_at
        from {{ latest_version(ref("stg_greenhouse__openings"), "openings", "updated_at") }}
        where application_id is not null
        group by all
    ),
    prospects as (
        select source_system, application_id, max(prospect_owner_id) as owner_id, max(office_id) as office_id
        from {{ latest_version(ref("stg_greenhouse__prospect_details"), "prospect_details", "updated_at") }}
        group by all
    ),
    resets as (
        select v.source_system, v.record_id, min(v.created_at) as applied_at
        from {{ ref("stg_greenhouse__applications") }} as v
        inner join
            {{ latest_version(ref("stg_greenhouse__webhooks"), "webhooks") }} as w
            on w.source_system = v.source_system
            and w.candidate_id = v.candidate_id
        where w.action = 'candidate_anonymized' and list_contains(w.anonymized_fields, 'candidate_stage_data')
        group by all
    ),
    ended as (
        select
            a.*,
            coalesce(t.applied_at, a.created_at) as applied_at,
            p.owner_id,
            p.office_id,
            c.job_interview_stage_id,
            case when a.status = 'rejected' then coalesce(a.rejected_at, r.rejected_at) end as closed_at,
            case when a.status = 'rejected' then r.rejection_reason_id end as rejection_reason_id,
            case when a.status = 'hired' then f.filled_at end as hired_at,
            o.refused_at
        from latest as a
        left join resets as t on t.source_system = a.source_system and t.record_id = a.record_id
        left join prospects as p on p.source_system = a.source_system and p.application_id = a.record_id
        left join current_stages as c on c.source_system = a.source_system and c.record_id = a.record_id
        left join rejections as r on r.source_system = a.source_system and r.application_id = a.record_id
        left join refusals as o on o.source_system = a.source_system and o.application_id = a.record_id
        left join fillings as f on f.source_system = a.source_system and f.application_id = a.record_id
    ),

    mapped as (
        select
            a.source_system,
            a.record_id as application_id,
            a.candidate_id,
            coalesce(a.job_id, a.prospective_job_ids[1]) as job_id,
            a.applied_at,
            {{ greenhouse_application_status("a.status", "a.refused_at <= a.closed_at") }} as status_code,
            a.hired_at,
            a.closed_at,
            a.rejection_reason_id as close_reason_id,
            a.job_interview_stage_id as current_stage_id,
            s.origin_code as origin_code,
            a.source_id,
            a.recruiter_id,
            coalesce(s.sourcer_id, a.owner_id) as sourcer_id,
            a.office_id,
            a.coordinator_id,
            coalesce(a.prospect, false) as is_prospect,
            a.last_activity_at,
            a.updated_at,
            a.observed_at
        from ended as a
        left join
            {{ ref("int_greenhouse__application_fields") }} as s
            on s.source_system = a.source_system
            and s.record_id = a.record_id
            and s.payload_hash = a.payload_hash
            and s.load_file = a.load_file
    )

select *
from {{ canonical_rows("applications", "mapped") }} as r
