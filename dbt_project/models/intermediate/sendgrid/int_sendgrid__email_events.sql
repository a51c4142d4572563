-- One row per delivery, open, click, hard bounce, complaint or unsubscription that SendGrid reports. A blocked message
-- (a bounce of type blocked) and a deferral are neither delivered nor bounced. SendGrid marks some machine opens;
-- what it
-- does not mark is left to the rules.
with
    mapped as (
        select
            e.source_system,
            e.record_id as event_id,
            e.message_id,
            case
                e.event_type
                when 'delivered'
                then 'delivered'
                when 'open'
                then 'opened'
                when 'click'
                then 'clicked'
                when 'bounce'
                then case when coalesce(e.bounce_type, 'bounce') = 'bounce' then 'bounced' end
                when 'spamreport'
                then 'complained'
                when 'unsubscribe'
                then 'unsubscribed'
                when 'group_unsubscribe'
                then 'unsubscribed'
            end as event_code,
            e.occurred_at,
            case when e.event_type = 'click' then e.link_url end as link_url,
            case when e.is_machine_open then true end as is_machine,
            e.user_agent,
            e.observed_at
        from {{ ref("int_sendgrid__events") }} as e
    )

select *
from {{ canonical_rows("email_events", "mapped") }} as r
where event_code is not null
