-- One row per message sent to one person, over all sources. One that two sources tell under one id is one: the row of
-- the source that the message is, with what only the other knows (reported_messages). One that they tell under
-- different
-- ids is one too: the row without a sequence is left out (message_twins).
{{ config(materialized="stored_table") }}

with
    reported as (select * from {{ ref("reported_messages") }}),
    repeated as (
        select
            source_system,
            message_id,
            coalesce(min(case when reported_by = source_system then reported_by end), min(reported_by)) as first_source,
            min(case when reported_by <> source_system then reported_by end) as other_source
        from reported
        group by source_system, message_id
        having count(*) > 1
    ),
    one_each as (
        select
            m.source_system,
            m.message_id,
            {% for column in canonical_columns("outreach_messages") if column != "message_id" -%}
                coalesce(m.{{ column }}, o.{{ column }}) as {{ column }},
            {% endfor -%}
            m.observed_at
        from reported as m
        left join repeated as r on r.source_system = m.source_system and r.message_id = m.message_id
        left join
            reported as o
            on o.source_system = r.source_system
            and o.message_id = r.message_id
            and o.reported_by = r.other_source
            and r.other_source <> r.first_source
        where r.first_source is null or r.first_source = m.reported_by
    ),
    messages as ({{ canonical_model("outreach_messages", happened="sent_at", rows="select * from one_each") }})

select m.*
from messages as m
left join {{ ref("message_twins") }} as t on t.source_system = m.source_system and t.message_id = m.message_id
where t.message_id is null
