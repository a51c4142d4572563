-- One row per week (Monday, company's zone) x interviewer with an interview in it.
-- Interviews that began before as_of and were not cancelled count as held, with their hours; those still to come in
-- scheduled_count. An interview without an end has no hours (timed_count says how many have). Feedback is overdue by
-- business hours (fct_interviews), whether it came late or is still missing.
select
    {{ period_start("week", "i.starts_at") }} as week,
    i.interviewer_key,
    {{ count_where("i.starts_at < clock.as_of") }} as interviews_count,
    {{ count_where("i.starts_at < clock.as_of and i.duration_minutes is not null") }} as timed_count,
    coalesce(sum(case when i.starts_at < clock.as_of then i.duration_minutes end), 0) / 60.0 as hours,
    {{ count_where("i.starts_at < clock.as_of and i.feedback_submitted_at is not null") }} as feedback_submitted_count,
    {{ count_where("i.is_feedback_overdue") }} as feedback_overdue_count,
    {{ count_where("i.starts_at >= clock.as_of") }} as scheduled_count,
    max(clock.as_of) as as_of
from {{ ref("fct_interviews") }} as i
cross join {{ ref("run_clock") }} as clock
where i.starts_at is not null and i.interviewer_key is not null and coalesce(i.status_code, '') not like 'cancel%'
group by {{ period_start("week", "i.starts_at") }}, i.interviewer_key
