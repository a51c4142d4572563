-- One row per event of a message with what is evidence of who did it. An event is of its own source's message, wherever
-- that belongs (reported_messages), else of the one source that knows that id (a file of replies for a CRM's
-- messages); an
-- event of a row that has a twin (message_twins) is the twin's.
{{ config(materialized="stored_table") }}

with
    events as ({{ canonical_model("email_events", happened="occurred_at") }}),
    messages as (select reported_by, source_system, message_id from {{ ref("reported_messages") }}),
    homes as ({{ only_homes("messages", "message_id") }}),
    placed as (
        select e.*, coalesce(m.source_system, h.source_system, e.source_system) as message_source_system
        from events as e
        left join messages as m on m.reported_by = e.source_system and m.message_id = e.message_id
        left join homes as h on h.message_id = e.message_id
    )

select
    e.message_source_system as source_system,
    e.event_id,
    coalesce(t.twin_message_id, e.message_id) as message_id,
    e.event_code,
    e.occurred_at,
    e.link_url,
    e.is_machine,
    e.reply_class_code,
    e.reply_origin_code,
    e.user_agent,
    e.reply_headers,
    e.observed_at
from placed as e
left join {{ ref("message_twins") }} as t on t.source_system = e.message_source_system and t.message_id = e.message_id
