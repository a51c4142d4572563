-- One row per week x sourcer x job with top-of-funnel work in it.
-- Activity view: each event counts in the week it happened, so the columns of a row are about different people and make
-- no rates. The sourcer is who did the act: who viewed or added a profile, who wrote (also in another's name), whose
-- message was answered with interest, whose message brought the application (int_marts__outreach_conversions). The job
-- is that of the act, of the message's sequence, of the application; 'none' where the source does not say.
with
    acts as (
        select {{ period_start("week", "occurred_at") }} as week, actor_key as sourcer_key, job_key, activity_code
        from {{ ref("fct_activities") }}
        where activity_code in ('profile_viewed', 'prospect_added') and occurred_at is not null
        union all
        select
            {{ period_start("week", "sent_at") }},
            sender_key,
            job_key,
            case when is_first_in_sequence then 'first_message' else 'follow_up' end
        from {{ ref("fct_outreach_messages") }}
        where sent_at is not null
        union all
        select {{ period_start("week", "first_replied_at") }}, sender_key, job_key, 'interested_reply'
        from {{ ref("fct_outreach_messages") }}
        where is_replied and reply_class_code = 'interested' and first_replied_at is not null
        union all
        select {{ period_start("week", "applied_at") }}, sender_key, job_key, 'converted'
        from {{ ref("int_marts__outreach_conversions") }}
        where days_after_message <= {{ var("attribution_window_days") }}
    ),

    counted as (
        select
            week,
            coalesce(sourcer_key, 'none') as sourcer_key,
            coalesce(job_key, 'none') as job_key,
            {{ count_where("activity_code = 'prospect_added'") }} as prospects_added_count,
            {{ count_where("activity_code = 'first_message'") }} as first_messages_count,
            {{ count_where("activity_code = 'follow_up'") }} as follow_ups_count,
            {{ count_where("activity_code = 'interested_reply'") }} as interested_replies_count,
            {{ count_where("activity_code = 'converted'") }} as converted_count,
            {{ count_where("activity_code = 'profile_viewed'") }} as profiles_viewed_count
        from acts
        group by week, coalesce(sourcer_key, 'none'), coalesce(job_key, 'none')
    )

select
    c.week,
    c.sourcer_key,
    case
        when c.sourcer_key = 'none' then 'Not recorded' else coalesce(u.user_name, 'Unknown (id not found)')
    end as sourcer_name,
    c.job_key,
    j.job_family,
    j.recruiter_key,
    c.prospects_added_count,
    c.first_messages_count,
    c.follow_ups_count,
    c.interested_replies_count,
    c.converted_count,
    c.profiles_viewed_count,
    clock.as_of
from counted as c
left join {{ ref("dim_users") }} as u on c.sourcer_key = u.user_key
left join {{ ref("dim_jobs") }} as j on c.job_key = j.job_key
cross join {{ ref("run_clock") }} as clock
