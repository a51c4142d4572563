-- One row per interview and interviewer, with the interviewer's first scorecard for it and whether it came within the
-- agreed business hours.
-- A scorecard belongs by its interview_id, else to the interviewer's latest interview of the application before it was
-- submitted; one that names the interview goes before one that does not. The stage is the job's own row of it before
-- the general one. An interview of an application that no list has is there, without it.
with
    interviews as (
        select
            {{ key("interview", ["i.source_system", "i.interview_id", "i.interviewer_id"]) }} as interview_key,
            i.*,
            a.application_key,
            a.job_key,
            a.job_id,
            coalesce(i.ends_at, i.starts_at) as over_at
        from {{ ref("interviews") }} as i
        left join
            {{ ref("int_core__application_basis") }} as a
            on a.source_system = i.source_system
            and a.application_id = i.application_id
    ),
    matches as (
        select
            i.interview_key,
            f.feedback_id,
            f.submitted_at,
            f.rating_code,
            case when f.interview_id is not null then 0 else 1 end as is_inferred,
            row_number() over (
                partition by f.source_system, f.feedback_id order by i.starts_at desc nulls last, i.interview_id desc
            ) as interview_rank
        from {{ ref("feedback") }} as f
        inner join
            interviews as i
            on i.source_system = f.source_system
            and i.application_id = f.application_id
            and i.interviewer_id = f.submitter_id
            and (i.interview_id = f.interview_id or (f.interview_id is null and i.starts_at <= f.submitted_at))
    ),
    first_feedback as (
        select
            interview_key,
            submitted_at,
            rating_code,
            row_number() over (
                partition by interview_key order by is_inferred, submitted_at nulls last, feedback_id
            ) as feedback_rank
        from matches
        where interview_rank = 1
    ),
    visits as (
        select
            i.interview_key,
            v.stage_code,
            row_number() over (partition by i.interview_key order by v.visit_number desc) as visit_rank
        from interviews as i
        inner join
            {{ ref("fct_stage_visits") }} as v
            on v.application_key = i.application_key
            and v.entered_at <= i.starts_at
            and (v.exited_at is null or i.starts_at < v.exited_at)
        where i.stage_id is null
    ),
    judged as (
        select
            i.*,
            f.submitted_at,
            f.rating_code,
            case
                when i.stage_id is not null then coalesce(o.stage_code, c.stage_code, 'unmapped') else v.stage_code
            end as stage_code,
            coalesce(f.submitted_at, clock.as_of) as judged_at,
            i.over_at < clock.as_of and i.status_code not like 'cancel%' as is_over
        from interviews as i
        cross join {{ ref("run_clock") }} as clock
        left join first_feedback as f on f.interview_key = i.interview_key and f.feedback_rank = 1
        left join {{ ref("stage_codes") }} as c on c.source_system = i.source_system and c.stage_id = i.stage_id
        left join
            {{ ref("stage_code_periods") }} as o
            on o.job_id = i.job_id
            and o.source_system = i.source_system
            and o.stage_id = i.stage_id
            and {{ holds_at_as_of("o") }}
        left join visits as v on v.interview_key = i.interview_key and v.visit_rank = 1
    )

select
    j.interview_key,
    j.source_system,
    j.application_key,
    j.job_key,
    j.stage_code,
    {{ optional_key("user", ["j.source_system", "j.interviewer_id"]) }} as interviewer_key,
    j.scheduled_at,
    j.starts_at,
    j.ends_at,
    {{ duration_days("j.starts_at", "j.ends_at") }} * 1440 as duration_minutes,
    j.status_code,
    j.submitted_at as feedback_submitted_at,
    {{ duration_days("j.over_at", "j.submitted_at") }} * 24 as feedback_hours,
    {{ allowed_hours() }} as feedback_due_hours,
    case
        when j.is_over
        then
            {{ working_hours_before("j.judged_at", "judged_day") }}
            - {{ working_hours_before("j.over_at", "over_day") }}
            > {{ allowed_hours() }}
    end as is_feedback_overdue,
    j.rating_code
from judged as j
left join {{ ref("dim_dates") }} as over_day on over_day.date_on = {{ local_date("j.over_at") }}
left join
    {{ ref("dim_dates") }} as judged_day on judged_day.date_on = {{ local_date("j.judged_at") }}
    {{ join_allowed_hours("j", "'feedback'", local_date("j.over_at")) }}
