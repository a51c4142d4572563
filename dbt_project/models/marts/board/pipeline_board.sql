-- One row per active application (prospects are not in process and have no card).
-- What a card needs is the first rule of the seed board_rules that holds, in its order: a decision, scheduling,
-- feedback, attention, or nothing. It is due when the business hours agreed for the job (sla_agreements), else the
-- default for need and stage (sla_defaults), have passed since the need arose. Cards sort by due_at and never by a
-- rating; needs_reason holds no name. An unplaced application has its card at its furthest stage, since it left the
-- last one.
with
    applications as (
        select a.*, coalesce(a.current_stage_code, 'unmapped') as stage_code, coalesce(s.visit_count, 0) as visit_count
        from {{ ref("fct_applications") }} as a
        left join
            {{ ref("fct_application_stages") }} as s
            on a.application_key = s.application_key
            and a.current_stage_code = s.stage_code
        where a.status_code = 'active' and not a.is_prospect
    ),

    {#- Interviews of the stay: those of the stage, after a re-entry only those since. -#}
    interviews as (
        select
            i.application_key,
            i.interviewer_key,
            coalesce(i.ends_at, i.starts_at) as over_at,
            i.feedback_submitted_at,
            coalesce(i.ends_at, i.starts_at) < clock.as_of as is_over
        from {{ ref("fct_interviews") }} as i
        inner join applications as a on i.application_key = a.application_key and i.stage_code = a.stage_code
        cross join {{ ref("run_clock") }} as clock
        where
            coalesce(i.status_code, '') not like 'cancel%'
            and (a.visit_count <= 1 or a.current_stage_entered_at is null or i.starts_at >= a.current_stage_entered_at)
    ),

    interviewed as (
        select
            application_key,
            {{ count_where("is_over and interviewer_key is not null") }} as feedback_expected_count,
            {{ count_where("is_over and interviewer_key is not null and feedback_submitted_at is not null") }}
            as feedback_submitted_count,
            {{ count_where("not coalesce(is_over, false)") }} as ahead_count,
            count(*) as interviews_count,
            max(case when is_over then feedback_submitted_at end) as last_feedback_at,
            min(case when is_over and feedback_submitted_at is null then over_at end) as feedback_missing_since,
            min(case when is_over and feedback_submitted_at is null then interviewer_key end) as missing_interviewer_key
        from interviews
        group by application_key
    ),

    described as (
        select
            a.application_key,
            a.candidate_key,
            a.job_key,
            a.department_key,
            a.recruiter_key,
            a.hiring_manager_key,
            a.coordinator_key,
            a.source_key,
            a.stage_code,
            a.current_source_stage_name as source_stage_name,
            a.current_source_stage_order as source_stage_order,
            coalesce(a.current_stage_entered_at, a.unplaced_since_at, a.applied_at) as entered_at,
            a.is_unplaced,
            a.is_hire_pending,
            coalesce(a.last_activity_at, a.current_stage_entered_at, a.applied_at) as last_activity_at,
            coalesce(i.feedback_submitted_count, 0) as feedback_submitted_count,
            coalesce(i.feedback_expected_count, 0) as feedback_expected_count,
            coalesce(i.ahead_count, 0) as ahead_count,
            coalesce(i.interviews_count, 0) as interviews_count,
            i.last_feedback_at,
            i.feedback_missing_since,
            i.missing_interviewer_key
        from applications as a
        left join interviewed as i on a.application_key = i.application_key
    ),

    {#- Every rule that holds and since when, with the hours that are allowed for it. -#}
    candidates_for as (
        select
            d.application_key,
            r.rule_order,
            r.rule_code,
            r.needs_code,
            r.owner_role,
            r.needs_reason,
            case
                r.rule_code
                when 'feedback_complete'
                then d.last_feedback_at
                when 'feedback_missing'
                then d.feedback_missing_since
                when 'inactive'
                then d.last_activity_at
                when 'otherwise'
                then null
                else d.entered_at
            end as since_at,
            d.job_key,
            d.stage_code
        from described as d
        inner join {{ ref("board_rules") }} as r on (r.stage_code is null or r.stage_code = d.stage_code)
        where
            case
                r.rule_code
                when 'feedback_complete'
                then
                    d.feedback_expected_count > 0
                    and d.feedback_submitted_count = d.feedback_expected_count
                    and d.ahead_count = 0
                when 'feedback_missing'
                then d.feedback_submitted_count < d.feedback_expected_count
                when 'no_interview'
                then d.interviews_count = 0
                when 'in_stage'
                then d.interviews_count = 0
                else true
            end
    ),

    allowed as (
        select
            c.application_key,
            c.rule_order,
            c.rule_code,
            c.needs_code,
            c.owner_role,
            c.needs_reason,
            c.since_at,
            {{ allowed_hours() }} as sla_hours,
            {{ working_hours_before("c.since_at", "since_day") }} as since_hours,
            {{ working_hours_before("clock.as_of", "as_of_day") }} as as_of_hours
        from candidates_for as c
        cross join {{ ref("run_clock") }} as clock
        left join {{ ref("dim_dates") }} as since_day on since_day.date_on = {{ local_date("c.since_at") }}
        left join
            {{ ref("dim_dates") }} as as_of_day on as_of_day.date_on = {{ local_date("clock.as_of") }}
            {{ join_allowed_hours("c", "c.needs_code", local_date("c.since_at")) }}
    ),

    ranked as (
        select
            a.*,
            since_hours + sla_hours as due_hours,
            row_number() over (partition by application_key order by rule_order) as rule_rank
        from allowed as a
        where a.rule_code <> 'inactive' or a.as_of_hours - a.since_hours > a.sla_hours
    ),

    chosen as (
        select
            r.*,
            {{
                add_hours(
                    first_instant("due_day.date_on"),
                    var("work_start_hour") ~ " + r.due_hours - due_day.working_days_before * " ~ working_day_hours(),
                )
            }} as due_at
        from ranked as r
        left join
            {{ ref("dim_dates") }} as due_day
            on due_day.is_working_day
            and due_day.working_days_before = ceil(r.due_hours / {{ working_day_hours() }}) - 1
        where r.rule_rank = 1
    )

select
    d.application_key,
    d.candidate_key,
    d.job_key,
    d.department_key,
    d.recruiter_key,
    d.hiring_manager_key,
    d.stage_code,
    stage.stage_order,
    d.source_stage_name,
    cast(d.source_stage_order as integer) as source_stage_order,
    d.entered_at,
    {{ days_so_far("d.entered_at") }} as days_in_stage,
    d.is_unplaced,
    d.is_hire_pending,
    d.source_key,
    d.last_activity_at,
    d.feedback_submitted_count,
    d.feedback_expected_count,
    d.ahead_count as interviews_ahead_count,
    c.needs_code,
    replace(
        replace(c.needs_reason, '{expected}', cast(d.feedback_expected_count as {{ text_type() }})),
        '{missing}',
        cast(d.feedback_expected_count - d.feedback_submitted_count as {{ text_type() }})
    ) as needs_reason,
    case
        c.owner_role
        when 'hiring_manager'
        then coalesce(d.hiring_manager_key, d.recruiter_key)
        when 'coordinator'
        then coalesce(d.coordinator_key, d.recruiter_key)
        when 'interviewer'
        then coalesce(d.missing_interviewer_key, d.recruiter_key)
        else d.recruiter_key
    end as owner_key,
    case when c.needs_code <> 'none' then c.since_at end as needs_since_at,
    cast(case when c.needs_code <> 'none' then c.sla_hours end as double) as sla_hours,
    c.due_at,
    coalesce(c.due_at < clock.as_of, false) as is_overdue,
    clock.as_of
from described as d
inner join chosen as c on d.application_key = c.application_key
left join {{ ref("dim_stages") }} as stage on d.stage_code = stage.stage_code
cross join {{ ref("run_clock") }} as clock
