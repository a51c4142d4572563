-- One row per withdrawn application for which an action was asked of its hiring manager and still open when the
-- candidate withdrew: was it overdue at that moment.
-- Three actions, each due when the business hours agreed for the job, else the default, have passed since it arose:
-- a review (a request without an answer that is the hiring manager's, int_marts__manager_reviews, or the last stay in
-- hm_review), a scorecard (of an interview that the hiring manager held), a decision (at a stage where it is theirs,
-- seed stage_deciders: all scorecards of the last stage's interviews were in and none lay ahead). An interview that was
-- cancelled counts as one that lay ahead, because nobody can tell from the outside whether it was cancelled before or
-- after the candidate left.
with
    withdrawn as (
        select
            a.application_key,
            a.candidate_key,
            a.job_key,
            a.hiring_manager_key,
            a.closed_at,
            v.stage_code as last_stage_code,
            v.entered_at as last_entered_at
        from {{ ref("fct_applications") }} as a
        left join {{ ref("fct_stage_visits") }} as v on a.application_key = v.application_key and v.is_last
        where a.status_code = 'withdrawn' and not a.is_prospect and a.closed_at is not null
    ),

    held as (
        select
            w.application_key,
            w.job_key,
            w.closed_at,
            w.last_stage_code,
            i.stage_code,
            i.interviewer_key = w.hiring_manager_key as is_managers,
            coalesce(i.ends_at, i.starts_at) as over_at,
            coalesce(i.status_code, '') like 'cancel%' as is_cancelled,
            case when i.feedback_submitted_at < w.closed_at then i.feedback_submitted_at end as submitted_at,
            i.stage_code = w.last_stage_code
            and (
                w.last_entered_at is null or i.starts_at is null or i.starts_at >= w.last_entered_at
            ) as is_of_last_stage
        from withdrawn as w
        inner join {{ ref("fct_interviews") }} as i on w.application_key = i.application_key
        where i.interviewer_key is not null
    ),

    decisions as (
        select application_key, job_key, closed_at, last_stage_code, max(submitted_at) as since_at
        from held
        inner join
            {{ ref("stage_deciders") }} as d
            on held.last_stage_code = d.stage_code
            and d.decider_role = 'hiring_manager'
        where is_of_last_stage
        group by application_key, job_key, closed_at, last_stage_code
        having
            {{ count_where("submitted_at is not null and not is_cancelled") }} = count(*)
            and {{ count_where("over_at < closed_at") }} = count(*)
    ),

    waits as (
        select
            application_key,
            job_key,
            'review' as action_code,
            'decision' as need_code,
            'hm_review' as stage_code,
            last_entered_at as since_at,
            closed_at
        from withdrawn
        where last_stage_code = 'hm_review'
        union all
        select w.application_key, w.job_key, 'review', 'decision', 'hm_review', r.requested_at, w.closed_at
        from withdrawn as w
        inner join
            {{ ref("int_marts__manager_reviews") }} as r on w.application_key = r.application_key and r.is_managers
        where r.decided_at >= w.closed_at or (r.decided_at is null and r.decision_code is null)
        union all
        select application_key, job_key, 'feedback', 'feedback', stage_code, over_at, closed_at
        from held
        where is_managers and not is_cancelled and submitted_at is null
        union all
        select application_key, job_key, 'decision', 'decision', last_stage_code, since_at, closed_at
        from decisions
    ),

    allowed as (
        select
            w.application_key,
            w.action_code,
            {{ allowed_hours() }} as sla_hours,
            {{ working_hours_before("w.since_at", "since_day") }} as since_hours,
            {{ working_hours_before("w.closed_at", "closed_day") }} as closed_hours
        from waits as w
        inner join {{ ref("dim_dates") }} as since_day on since_day.date_on = {{ local_date("w.since_at") }}
        inner join
            {{ ref("dim_dates") }} as closed_day on closed_day.date_on = {{ local_date("w.closed_at") }}
            {{ join_allowed_hours("w", "w.need_code", "since_day.date_on") }}
        where w.since_at < w.closed_at
    )

select
    application_key,
    {{ any_true("action_code = 'review' and closed_hours - since_hours > sla_hours") }} as is_review_overdue,
    {{ any_true("action_code = 'feedback' and closed_hours - since_hours > sla_hours") }} as is_feedback_overdue,
    {{ any_true("action_code = 'decision' and closed_hours - since_hours > sla_hours") }} as is_decision_overdue
from allowed
group by application_key
