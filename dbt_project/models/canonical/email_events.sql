-- One row per event of a message, over all sources. An event at or after as_of has not happened.
-- An event names its message in the message's own source, or in whatever source tells it if only one knows that id (a
-- file of replies for a CRM's messages); an event of a row that has a twin (message_twins) is the twin's.
{{ config(materialized="table") }}

with
    events as ({{ canonical_model("email_events", happened="occurred_at") }}),
    messages as ({{ canonical_union("outreach_messages") }}),
    homes as ({{ only_homes("messages", "message_id") }}),
    placed as (
        select e.*, case when m.message_id is null then h.source_system end as other_source_system
        from events as e
        left join messages as m on m.source_system = e.source_system and m.message_id = e.message_id
        left join homes as h on h.message_id = e.message_id
    )

select
    coalesce(e.other_source_system, e.source_system) as source_system,
    e.event_id,
    coalesce(t.twin_message_id, e.message_id) as message_id,
    e.event_code,
    e.occurred_at,
    e.link_url,
    e.is_machine,
    e.reply_class_code,
    e.reply_origin_code,
    e.observed_at
from placed as e
left join
    {{ ref("message_twins") }} as t
    on t.source_system = coalesce(e.other_source_system, e.source_system)
    and t.message_id = e.message_id
