-- One row per link inside a message, clicked or not, over all sources.
with
    links as ({{ canonical_model("message_links") }}),
    messages as (select source_system, message_id from {{ ref("outreach_messages") }}),
    homes as ({{ only_homes("messages", "message_id") }})

select
    case
        when m.message_id is null then coalesce(h.source_system, l.source_system) else l.source_system
    end as source_system,
    l.message_id,
    l.link_url,
    l.link_position,
    l.observed_at
from links as l
left join messages as m on m.source_system = l.source_system and m.message_id = l.message_id
left join homes as h on h.message_id = l.message_id
