-- One row per link inside a message, clicked or not, over all sources.
with
    links as ({{ canonical_model("message_links") }}),
    messages as (select source_system, message_id from {{ ref("outreach_messages") }})

select {{ home_of("l", "messages") }} as source_system, l.message_id, l.link_url, l.link_position, l.observed_at
from links as l {{ join_homes("l", "messages", "message_id") }}
