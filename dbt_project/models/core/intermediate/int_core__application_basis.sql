-- One row per application: its keys, its own attributes and the times that end it, before stages are looked at.
-- A hire was made when the offer was accepted, else at the source's hired_at, else when the application closed
-- (concepts.md "Hired at"). Whose act another end was, its reason says, whatever word the source has for the status; a
-- reason that says nothing leaves the status as it is. A closing time counts only while the status is terminal. Who was
-- hired is no prospect, whatever the source says.
-- application_number holds within one build, in no order: core joins and
-- sorts by it, which costs a fraction of doing so by keys; it is never published.
with
    ends as (
        select
            a.*,
            case
                when a.status_code in ('active', 'hired')
                then a.status_code
                when r.direction_code = 'company'
                then 'rejected'
                when r.direction_code = 'candidate'
                then 'withdrawn'
                when r.direction_code = 'neither'
                then 'closed'
                else a.status_code
            end as outcome_code,
            case
                when a.status_code = 'hired'
                then coalesce(case when o.status_code = 'accepted' then o.resolved_at end, a.hired_at, a.closed_at)
            end as hire_at,
            coalesce(h.started_on is null and h.left_on is not null, false) as has_left_unstarted,
            a.status_code <> 'active' as is_ended,
            coalesce(j.job_key, {{ optional_key("job", ["a.source_system", "a.job_id"]) }}) as job_key,
            j.job_key is not null as has_job
        from {{ ref("applications") }} as a
        {#- The keys of the few jobs that there are, instead of a hash for each application. #}
        left join
            (
                select source_system, job_id, {{ key("job", ["source_system", "job_id"]) }} as job_key
                from {{ ref("jobs") }}
            ) as j
            on j.source_system = a.source_system
            and j.job_id = a.job_id
        left join
            {{ ref("reason_codes") }} as r
            on r.source_system = a.source_system
            and r.close_reason_id = a.close_reason_id
        left join
            {{ ref("int_core__offer_choices") }} as o
            on o.source_system = a.source_system
            and o.application_id = a.application_id
        left join
            {{ ref("hire_outcomes") }} as h on h.source_system = a.source_system and h.application_id = a.application_id
    )

select
    row_number() {{ next_to("a.source_system, a.application_id") }} as application_number,
    {{ key("application", ["a.source_system", "a.application_id"]) }} as application_key,
    a.source_system,
    a.application_id,
    p.candidate_key,
    a.job_id,
    a.job_key,
    a.has_job,
    a.outcome_code as status_code,
    a.is_ended,
    coalesce(a.is_prospect and a.status_code <> 'hired', false) as is_prospect,
    a.applied_at,
    case when a.is_ended then coalesce(a.closed_at, a.hire_at, a.hired_at) end as ended_at,
    a.hire_at as hired_at,
    a.starts_on,
    a.has_left_unstarted,
    case when a.is_ended then a.close_reason_id end as close_reason_id,
    a.current_stage_id,
    a.origin_code,
    a.source_id,
    a.recruiter_id,
    a.sourcer_id,
    a.coordinator_id,
    a.office_id,
    a.last_activity_at
from ends as a
left join {{ ref("person_map") }} as p on p.source_system = a.source_system and p.candidate_id = a.candidate_id
