-- One row per delivery, open, click, hard bounce, complaint or unsubscription of a message that SES reports. SES
-- marks no
-- machine: that is left to the rules (canonical.event_verdicts). A transient bounce is neither delivered nor bounced.
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
    )

select
    {{
        canonical_select(
            "email_events",
            {
                "event_id": "e.record_id",
                "message_id": "e.message_id",
                "event_code": "e.event_code",
                "occurred_at": "e.occurred_at",
                "link_url": "e.link_url",
                "user_agent": "coalesce(e.open_user_agent, e.click_user_agent)",
            },
            "e",
        )
    }}
from events as e
where e.event_code is not null
