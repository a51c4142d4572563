-- One row per event that a rule of seeds/terminology/machine_event_rules.csv judges: the first rule, by rule_order.
-- What the source itself says (is_machine) stands. A rule without an event_code is for opens and clicks. Evidence:
-- `source_flag` the source says machine; `user_agent` and `reply_headers` match the pattern; `seconds_after_delivery`
-- at most the threshold after the message's delivery, or before it; `links_in_two_seconds` at least so many different
-- links of the message clicked around it; `all_links_in_two_seconds` the same, and they are all that the message has.
-- The verdict depends on what is known of the message, not on the order in which it was learned.
{{ config(materialized="stored_table") }}

with
    events as (select * from {{ ref("reported_events") }} where event_code in ('opened', 'clicked', 'replied')),
    open_events as (select * from events where is_machine is null),
    rules as (select * from {{ ref("machine_event_rules") }}),
    deliveries as (
        select source_system, message_id, min(occurred_at) as delivered_at
        from {{ ref("reported_events") }}
        where event_code = 'delivered'
        group by source_system, message_id
    ),
    agents as (
        select distinct event_code, user_agent
        from open_events
        where event_code in ('opened', 'clicked') and user_agent is not null
    ),
    agent_rules as (
        select a.event_code, a.user_agent, r.rule_id
        from agents as a
        inner join
            rules as r
            on r.test_code = 'user_agent'
            and coalesce(r.event_code, a.event_code) = a.event_code
            and {{ matches_pattern("lower(a.user_agent)", "r.pattern") }}
    ),
    clicks as (
        select distinct source_system, message_id, link_url, occurred_at
        from events
        where event_code = 'clicked' and link_url is not null
    ),
    several as (
        select source_system, message_id
        from clicks
        group by source_system, message_id
        having count(distinct link_url) > 1
    ),
    listed as (
        select distinct l.source_system, l.message_id, l.link_url
        from {{ ref("message_links") }} as l
        inner join several as s on s.source_system = l.source_system and s.message_id = l.message_id
    ),
    listed_counts as (
        select source_system, message_id, count(*) as link_count from listed group by source_system, message_id
    ),
    bursts as (
        select
            c.source_system,
            c.message_id,
            c.occurred_at,
            count(distinct o.link_url) as link_count,
            count(distinct l.link_url) as listed_count
        from several as s
        inner join clicks as c on c.source_system = s.source_system and c.message_id = s.message_id
        inner join
            clicks as o
            on o.source_system = c.source_system
            and o.message_id = c.message_id
            and abs({{ days_between("c.occurred_at", "o.occurred_at") }}) * 86400 <= 2
        left join
            listed as l on l.source_system = o.source_system and l.message_id = o.message_id and l.link_url = o.link_url
        group by c.source_system, c.message_id, c.occurred_at
    ),
    found as (
        select e.source_system, e.event_id, r.rule_id
        from events as e
        inner join rules as r on r.test_code = 'source_flag'
        where e.is_machine
        union all
        select e.source_system, e.event_id, a.rule_id
        from open_events as e
        inner join agent_rules as a on a.event_code = e.event_code and a.user_agent = e.user_agent
        union all
        select e.source_system, e.event_id, r.rule_id
        from open_events as e
        inner join deliveries as d on d.source_system = e.source_system and d.message_id = e.message_id
        inner join
            rules as r
            on r.test_code = 'seconds_after_delivery'
            and r.event_code = e.event_code
            and {{ days_between("d.delivered_at", "e.occurred_at") }} * 86400 <= r.threshold
        union all
        select e.source_system, e.event_id, r.rule_id
        from open_events as e
        inner join
            bursts as b
            on b.source_system = e.source_system
            and b.message_id = e.message_id
            and b.occurred_at = e.occurred_at
        left join listed_counts as l on l.source_system = e.source_system and l.message_id = e.message_id
        inner join
            rules as r
            on r.event_code = e.event_code
            and (
                (r.test_code = 'links_in_two_seconds' and b.link_count >= r.threshold)
                or (
                    r.test_code = 'all_links_in_two_seconds'
                    and b.listed_count >= r.threshold
                    and b.listed_count = l.link_count
                )
            )
        where e.event_code = 'clicked'
        union all
        select e.source_system, e.event_id, r.rule_id
        from open_events as e
        inner join
            rules as r on r.test_code = 'reply_headers' and {{ matches_pattern("lower(e.reply_headers)", "r.pattern") }}
        where e.event_code = 'replied'
    ),
    ranked as (
        select
            f.source_system,
            f.event_id,
            r.rule_id,
            r.rule_version,
            r.verdict_code,
            row_number() over (partition by f.source_system, f.event_id order by r.rule_order, r.rule_id) as rule_rank
        from found as f
        inner join rules as r on r.rule_id = f.rule_id
    )

select source_system, event_id, rule_id, rule_version, verdict_code
from ranked
where rule_rank = 1
