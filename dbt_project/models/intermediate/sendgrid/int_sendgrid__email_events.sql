-- One row per delivery, open, click, hard bounce, complaint or unsubscription that SendGrid reports. A blocked message
-- (a bounce of type blocked) and a deferral are neither delivered nor bounced. SendGrid marks some machine opens;
-- what it
-- does not mark is left to the rules.
with
    events as (
        select
            *,
            case
                event_type
                when 'delivered'
                then 'delivered'
                when 'open'
                then 'opened'
                when 'click'
                then 'clicked'
                when 'bounce'
                then case when coalesce(bounce_type, 'bounce') = 'bounce' then 'bounced' end
                when 'spamreport'
                then 'complained'
                when 'unsubscribe'
                then 'unsubscribed'
                when 'group_unsubscribe'
                then 'unsubscribed'
            end as event_code
        from {{ ref("int_sendgrid__events") }}
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
                "link_url": "case when e.event_code = 'clicked' then e.link_url end",
                "is_machine": "case when e.is_machine_open then true end",
                "user_agent": "e.user_agent",
            },
            "e",
        )
    }}
from events as e
where e.event_code is not null
