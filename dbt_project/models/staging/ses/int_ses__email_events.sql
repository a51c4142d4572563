-- One row per delivery, open, click, hard bounce, complaint or unsubscription of a message that SES reports. Machines
-- are told apart by the rules of seeds/terminology/machine_event_rules.csv, every raw event is kept. A transient
-- bounce is neither delivered nor bounced.
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
            ) as occurred_at,
            lower(coalesce(open_user_agent, click_user_agent)) as user_agent
        from {{ ref("int_ses__events") }}
    ),
    measured as (
        select
            e.*,
            date_diff(
                'millisecond',
                min(case when event_code = 'delivered' then occurred_at end) over (
                    partition by source_system, message_id
                ),
                occurred_at
            )
            / 1000.0 as seconds_after_delivery,
            case
                when event_code = 'clicked'
                then
                    count(distinct link_url) over (
                        partition by source_system, message_id, event_code
                        order by occurred_at range between interval 2 seconds preceding and interval 2 seconds following
                    )
            end as links_in_two_seconds
        from events as e
        where event_code is not null
    ),
    judged as (
        select m.source_system, m.record_id, min(r.rule_id) as machine_rule_id
        from measured as m
        inner join
            {{ ref("machine_event_rules") }} as r
            on r.event_code = m.event_code
            and case
                r.test_code
                when 'user_agent'
                then regexp_matches(m.user_agent, r.pattern)
                when 'seconds_after_delivery'
                then m.seconds_after_delivery <= r.threshold
                when 'links_in_two_seconds'
                then m.links_in_two_seconds >= r.threshold
            end
        group by all
    )

select
    {{
        canonical_select(
            "email_events",
            {
                "event_id": "m.record_id",
                "message_id": "m.message_id",
                "event_code": "m.event_code",
                "occurred_at": "m.occurred_at",
                "link_url": "m.link_url",
                "is_machine": "j.machine_rule_id is not null",
            },
            "m",
        )
    }}
from measured as m
left join judged as j on j.source_system = m.source_system and j.record_id = m.record_id
