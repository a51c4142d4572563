-- One row per message sent to one person, over all sources; one that two sources tell is one (message_twins). One
-- sent at or after as_of is not there.
{{ config(materialized="table") }}

with
    messages as (
        {{ canonical_model("outreach_messages", happened="sent_at", rows="select * from " ~ ref("told_messages")) }}
    )

select m.*
from messages as m
left join {{ ref("message_twins") }} as t on t.source_system = m.source_system and t.message_id = m.message_id
where t.message_id is null
