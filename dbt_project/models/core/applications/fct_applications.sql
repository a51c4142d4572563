-- One row per application (candidate x requisition), prospects included and flagged.
-- Credit goes to the application's own recruiter, sourcer and coordinator, else to the holder of that role in the
-- job's team when the application ended, or at as_of. The current stage is the latest open visit's, else the source's
-- current one (the job's own row of that stage before the general one), else, once it has ended, the last visit's. An
-- active application whose last visit has ended and of which the source says no more is unplaced: it waits at its
-- furthest stage. Who is in process without any visit sits in the furthest stage that the source says was reached, else
-- where everybody enters, in applied.
with
    last_visits as (
        select
            v.application_number,
            t.stage_id,
            t.stage_code,
            t.stage_name as source_stage_name,
            t.source_stage_order,
            v.entered_at,
            v.exited_at,
            v.is_open
        from {{ ref("int_core__visits_resolved") }} as v
        inner join {{ ref("int_core__stage_terms") }} as t on t.term_number = v.term_number
        where v.is_last
    ),
    closings as (
        select
            source_system,
            close_reason_id,
            reason_name,
            coalesce(decline_reason_code, replace({{ name_key("reason_name") }}, ' ', '_')) as close_reason_code,
            direction_code,
            is_conduct
        from {{ ref("reason_codes") }}
    ),
    {#- The keys of the few that there are, instead of a hash for each application; who is not among them gets the hash. -#}
    sources as (
        select source_system, source_id, origin_code, {{ key("source", ["source_system", "source_id"]) }} as source_key
        from {{ ref("source_codes") }}
    ),
    own_stages as (
        select p.source_system, p.stage_id, p.job_id, p.stage_code, p.stage_name, p.source_stage_order
        from {{ ref("stage_code_periods") }} as p
        cross join {{ ref("run_clock") }} as clock
        where p.job_id is not null and {{ holds_at_as_of("p") }}
    ),
    current_stages as (
        select
            a.application_number,
            v.entered_at as last_entered_at,
            a.current_stage_id is not null and v.is_open and v.stage_id <> a.current_stage_id as has_stage_disagreement,
            coalesce(not v.is_open, true) and a.current_stage_id is not null as is_from_source,
            case
                when a.status_code = 'active' and not v.is_open and a.current_stage_id is null then v.exited_at
            end as unplaced_since_at,
            v.stage_id as last_stage_id,
            v.stage_code as last_stage_code,
            v.source_stage_name as last_source_stage_name,
            v.source_stage_order as last_source_stage_order,
            a.current_stage_id,
            case when j.stage_id is not null then j.stage_code else c.stage_code end as stage_code,
            case when j.stage_id is not null then j.stage_name else c.stage_name end as stage_name,
            case
                when j.stage_id is not null then j.source_stage_order else c.source_stage_order
            end as source_stage_order
        from {{ ref("int_core__application_basis") }} as a
        left join last_visits as v on v.application_number = a.application_number
        left join {{ ref("stage_codes") }} as c on c.source_system = a.source_system and c.stage_id = a.current_stage_id
        left join
            own_stages as j
            on j.job_id = a.job_id
            and j.source_system = a.source_system
            and j.stage_id = a.current_stage_id
    )

select
    a.application_key,
    a.source_system,
    a.application_id,
    a.candidate_key,
    a.job_key,
    j.job_family,
    j.department_key,
    coalesce({{ optional_key("office", ["a.source_system", "a.office_id"]) }}, j.office_key) as office_key,
    coalesce(
        u.user_key, {{ optional_key("user", ["a.source_system", "a.recruiter_id"]) }}, t.recruiter_key
    ) as recruiter_key,
    t.hiring_manager_key,
    coalesce({{ optional_key("user", ["a.source_system", "a.sourcer_id"]) }}, t.sourcer_key) as sourcer_key,
    coalesce({{ optional_key("user", ["a.source_system", "a.coordinator_id"]) }}, t.coordinator_key) as coordinator_key,
    coalesce(w.source_key, {{ optional_key("source", ["a.source_system", "a.source_id"]) }}) as source_key,
    coalesce(a.origin_code, w.origin_code) as origin_code,
    a.is_prospect,
    a.applied_at,
    {{ period_start("month", "a.applied_at") }} as applied_month,
    case
        when c.is_from_source
        then coalesce(c.stage_code, 'unmapped')
        when c.last_stage_code is not null and c.unplaced_since_at is null
        then c.last_stage_code
        when a.is_prospect and c.unplaced_since_at is null
        then null
        when a.status_code = 'active'
        then s.stage_code
        else 'applied'
    end as current_stage_code,
    case
        when c.is_from_source then c.stage_name when c.unplaced_since_at is null then c.last_source_stage_name
    end as current_source_stage_name,
    case
        when c.is_from_source then c.source_stage_order when c.unplaced_since_at is null then c.last_source_stage_order
    end as current_source_stage_order,
    case
        when c.unplaced_since_at is null and (not c.is_from_source or c.last_stage_id = c.current_stage_id)
        then c.last_entered_at
    end as current_stage_entered_at,
    c.unplaced_since_at is not null as is_unplaced,
    c.unplaced_since_at,
    coalesce(c.has_stage_disagreement, false) as has_stage_disagreement,
    s.stage_code as furthest_stage_code,
    f.furthest_stage_order,
    a.status_code,
    a.hired_at,
    a.hired_at as accepted_at,
    {{ local_date("a.hired_at") }} as accepted_on,
    a.starts_on,
    coalesce(a.status_code = 'active' and o.is_standing, false) as is_hire_pending,
    a.ended_at as closed_at,
    r.close_reason_code,
    r.reason_name as close_reason_source_name,
    case
        a.status_code when 'rejected' then 'company' when 'withdrawn' then 'candidate' when 'closed' then 'neither'
    end as close_direction_code,
    coalesce(r.is_conduct, false) as is_closed_for_conduct,
    {{ duration_days("a.applied_at", "a.hired_at") }} as days_to_hire,
    coalesce(a.last_activity_at, a.ended_at, c.last_entered_at, a.applied_at) as last_activity_at
from {{ ref("int_core__application_basis") }} as a
cross join {{ ref("run_clock") }} as clock
inner join {{ ref("int_core__application_furthest") }} as f on f.application_number = a.application_number
inner join {{ ref("dim_stages") }} as s on s.stage_order = f.furthest_stage_order
inner join current_stages as c on c.application_number = a.application_number
left join {{ ref("dim_jobs") }} as j on j.job_key = a.job_key
left join
    {{ ref("int_core__job_credit") }} as t
    on t.job_key = a.job_key
    and t.from_at <= coalesce(a.ended_at, clock.as_of)
    and coalesce(a.ended_at, clock.as_of) < t.to_at
left join closings as r on r.source_system = a.source_system and r.close_reason_id = a.close_reason_id
left join {{ ref("dim_users") }} as u on u.source_system = a.source_system and u.user_id = a.recruiter_id
left join sources as w on w.source_system = a.source_system and w.source_id = a.source_id
left join {{ ref("int_core__offer_outcomes") }} as o on o.application_key = a.application_key
