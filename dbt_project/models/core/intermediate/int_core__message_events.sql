-- One row per message with an event: what came back, in two figures (all, human), replies judged (concepts.md
-- "Outreach").
-- What is not marked as a machine's counts as human. An automatic reply is no reply. The class of a reply is a
-- person's label before a conversion's before a model's, then the latest. A complaint is an unsubscription too.
with
    events as (
        select
            source_system,
            message_id,
            event_code,
            occurred_at,
            coalesce(is_machine, false) as is_machine,
            event_code = 'replied' and coalesce(reply_class_code, 'unknown') <> 'auto' as is_real_reply,
            reply_class_code,
            event_id,
            case
                reply_origin_code when 'human' then 1 when 'conversion' then 2 when 'model' then 3 else 4
            end as origin_rank
        from {{ ref("email_events") }}
    ),
    labels as (
        select
            source_system,
            message_id,
            coalesce(reply_class_code, 'unknown') as reply_class_code,
            row_number() over (
                partition by source_system, message_id
                order by
                    case when reply_class_code is null or reply_class_code = 'unknown' then 1 else 0 end,
                    origin_rank,
                    occurred_at desc,
                    event_id desc
            ) as label_rank
        from events
        where is_real_reply
    ),
    came_back as (
        select
            source_system,
            message_id,
            max(case when event_code = 'delivered' then 1 else 0 end) = 1 as has_delivery,
            max(case when event_code = 'opened' then 1 else 0 end) = 1 as is_opened,
            max(case when event_code = 'opened' and not is_machine then 1 else 0 end) = 1 as is_opened_human,
            max(case when event_code = 'clicked' then 1 else 0 end) = 1 as is_clicked,
            max(case when event_code = 'clicked' and not is_machine then 1 else 0 end) = 1 as is_clicked_human,
            max(case when is_real_reply then 1 else 0 end) = 1 as is_replied,
            max(case when event_code = 'replied' then 1 else 0 end) = 1 as has_any_reply,
            min(case when is_real_reply then occurred_at end) as first_replied_at,
            max(case when event_code = 'bounced' then 1 else 0 end) = 1 as is_bounced,
            max(case when event_code in ('unsubscribed', 'complained') then 1 else 0 end) = 1 as is_unsubscribed
        from events
        group by source_system, message_id
    )

select c.*, case when c.is_replied then l.reply_class_code when c.has_any_reply then 'auto' end as reply_class_code
from came_back as c
left join labels as l on l.source_system = c.source_system and l.message_id = c.message_id and l.label_rank = 1
