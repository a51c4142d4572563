-- One row per delivery, open, click, hard bounce, complaint or unsubscription of a message that SES reports. SES marks
-- no machine: that is left to the rules (canonical.event_verdicts).
with
    mapped as (
        select
            e.source_system,
            e.record_id as event_id,
            e.message_id,
            case
                e.event_type
                when 'Delivery'
                then 'delivered'
                when 'Open'
                then 'opened'
                when 'Click'
                then 'clicked'
                when 'Bounce'
                then case when e.bounce_type <> 'Transient' then 'bounced' end
                when 'Complaint'
                then 'complained'
                when 'Subscription'
                then 'unsubscribed'
            end as event_code,
            coalesce(
                e.delivered_at, e.opened_at, e.clicked_at, e.bounced_at, e.complained_at, e.subscription_at, e.sent_at
            ) as occurred_at,
            e.link_url,
            coalesce(e.open_user_agent, e.click_user_agent) as user_agent,
            e.observed_at
        from {{ latest_version(ref("stg_ses__events"), "events") }} as e
        where e.message_id is not null
    )

select *
from {{ canonical_rows("email_events", "mapped") }} as r
where event_code is not null
