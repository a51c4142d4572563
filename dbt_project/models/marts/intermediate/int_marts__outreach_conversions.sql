-- One row per application that outreach brought: its person had been written to within the attribution window before
-- they entered the process.
-- Last touch: of the person's messages sent before the application and no longer ago than the window (30, 60 and 90
-- days stand side by side, var attribution_window_days is the default), one for the application's own requisition comes
-- before others, then the latest. What the ATS itself calls sourced stays beside it (origin_code); neither is
-- overwritten.
{%- set longest = [90, var("attribution_window_days") | int] | max %}
with
    touches as (
        select
            a.application_key,
            a.candidate_key,
            a.job_key,
            a.applied_at,
            m.message_key,
            m.sequence_key,
            m.sender_key,
            m.sent_at,
            coalesce(m.job_key = a.job_key, false) as is_same_job,
            row_number() over (
                partition by a.application_key
                order by
                    case when m.job_key = a.job_key then 0 else 1 end, m.sent_at desc, m.step_number desc, m.message_key
            ) as touch_rank
        from {{ ref("fct_outreach_messages") }} as m
        inner join
            {{ ref("fct_applications") }} as a
            on a.candidate_key = m.candidate_key
            and m.sent_at <= a.applied_at
            and a.applied_at <= {{ add_days("m.sent_at", longest) }}
        where not a.is_prospect
    )

select
    application_key,
    candidate_key,
    job_key,
    applied_at,
    message_key,
    sequence_key,
    sender_key,
    is_same_job,
    {{ days_between("sent_at", "applied_at") }} as days_after_message
from touches
where touch_rank = 1
