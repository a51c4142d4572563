-- One row per answer that a hiring manager owes or gave: a review that is theirs (int_marts__manager_reviews), a
-- scorecard of their own, or a decision once all scorecards of a stage are in.
-- hours are by the clock; whether the agreed time (the job's sla_agreements, else the seed sla_defaults) was kept is
-- judged in business hours. is_breached is null while an open one is not due yet.
with
    given as (
        select
            application_key,
            stage_code,
            max(feedback_submitted_at) as since_at,
            {{ count_where("feedback_submitted_at is null") }} as missing_count
        from {{ ref("fct_interviews") }}
        where coalesce(status_code, '') not like 'cancel%' and interviewer_key is not null
        group by application_key, stage_code
    ),

    waits as (
        select
            hiring_manager_key,
            'hm_review' as stage_code,
            'review' as wait_code,
            'decision' as need_code,
            job_key,
            requested_at as since_at,
            decided_at as answered_at,
            -- withdrawn or closed meanwhile: nothing was owed any more; decided, and nobody says when
            decided_at is null and (is_ended or decision_code is not null) as is_dropped
        from
            (
                select r.*, coalesce(a.status_code <> 'active', false) as is_ended
                from {{ ref("int_marts__manager_reviews") }} as r
                left join {{ ref("fct_applications") }} as a on r.application_key = a.application_key
                where r.is_managers
            ) as reviews
        union all
        select
            i.interviewer_key,
            coalesce(i.stage_code, 'unmapped'),
            'feedback',
            'feedback',
            i.job_key,
            coalesce(i.ends_at, i.starts_at),
            i.feedback_submitted_at,
            false
        from {{ ref("fct_interviews") }} as i
        inner join
            {{ ref("fct_applications") }} as a
            on i.application_key = a.application_key
            and i.interviewer_key = a.hiring_manager_key
        where i.is_feedback_overdue is not null
        union all
        select
            s.hiring_manager_key,
            s.stage_code,
            'decision',
            'decision',
            s.job_key,
            g.since_at,
            case when s.outcome_code in ('advanced', 'rejected') and s.outcome_at >= g.since_at then s.outcome_at end,
            -- decided before the last scorecard, or ended by somebody else
            s.outcome_code <> 'waiting'
            and not coalesce(s.outcome_code in ('advanced', 'rejected') and s.outcome_at >= g.since_at, false)
        from given as g
        inner join
            {{ ref("fct_application_stages") }} as s
            on g.application_key = s.application_key
            and g.stage_code = s.stage_code
        inner join {{ ref("stage_deciders") }} as d on s.stage_code = d.stage_code and d.decider_role = 'hiring_manager'
        where g.missing_count = 0
    ),

    timed as (
        select
            w.*,
            {{ allowed_hours() }} as sla_hours,
            {{ working_hours_before("coalesce(w.answered_at, clock.as_of)", "answer_day") }}
            - {{ working_hours_before("w.since_at", "since_day") }} as business_hours
        from waits as w
        cross join {{ ref("run_clock") }} as clock
        left join {{ ref("dim_dates") }} as since_day on since_day.date_on = {{ local_date("w.since_at") }}
        left join
            {{ ref("dim_dates") }} as answer_day
            on answer_day.date_on = {{ local_date("coalesce(w.answered_at, clock.as_of)") }}
            {{ join_allowed_hours("w", "w.need_code", local_date("w.since_at")) }}
        where
            w.hiring_manager_key is not null
            and not w.is_dropped
            and w.since_at >= {{ add_days("clock.as_of", "-365") }}
            and w.since_at < clock.as_of
    )

select
    hiring_manager_key,
    stage_code,
    wait_code,
    since_at,
    answered_at,
    {{ duration_days("since_at", "answered_at") }} * 24 as hours,
    business_hours,
    sla_hours,
    case when answered_at is not null or business_hours > sla_hours then business_hours > sla_hours end as is_breached
from timed
