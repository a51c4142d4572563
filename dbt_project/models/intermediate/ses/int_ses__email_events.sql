-- One row per delivery, open, click, hard bounce, complaint or unsubscription of a message that SES reports. SES marks
-- no machine: that is left to the rules (canonical.event_verdicts).
with
    events as (
        select
            *,
            case
                event_type
                when 'Delivery'
                then 'delivered'
                when 'Open'
                then 'opened'
                when 'Click'
                then 'clicked'
                when 'Bounce'
                then case when bounce_type <> 'Transient' then 'bounced' end
                when 'Complaint'
                then 'complained'
                when 'Subscription'
                then 'unsubscribed'
            end as event_code,
            coalesce(
                delivered_at, opened_at, clicked_at, bounced_at, complained_at, subscription_at, sent_at
            ) as occurred_at
        from {{ latest_version(ref("stg_ses__events"), "events") }}
        where message_id is not null
    ),

    mapped as (
        select
            e.source_system,
            e.record_id as event_id,
            e.message_id,
            e.event_code,
            e.occurred_at,
            e.link_url,
            coalesce(e.open_user_agent, e.click_user_agent) as user_agent,
            e.observed_at
        from events as e
        where e.event_code is not null
    )

select *
from {{ canonical_rows("email_events", "mapped") }} as r
