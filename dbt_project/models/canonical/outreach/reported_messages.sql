-- One row per message as a source reports it (reported_by), under the source that its ids belong to.
-- An email service has no sequences: the ids that ride with its messages (sequence, candidate, sender) are those of the
-- CRM that wrote them, so a message is that CRM's if exactly one source knows the sequence. Else it is its own. A file
-- with another source's messages (column source_system) stands beside that source.
{{ config(materialized="stored_table") }}

with
    messages as ({{ canonical_union("outreach_messages", origin_column="reported_by") }}),
    sequences as (select source_system, sequence_id from {{ ref("sequences") }}),
    homes as ({{ only_homes("sequences", "sequence_id") }}),
    writers as (select distinct source_system from sequences)

select
    case
        when w.source_system is null then coalesce(h.source_system, m.source_system) else m.source_system
    end as source_system,
    m.reported_by,
    {% for column in canonical_columns("outreach_messages") -%} m.{{ column }}, {% endfor -%}
    m.observed_at
from messages as m
left join writers as w on w.source_system = m.source_system
left join homes as h on h.sequence_id = m.sequence_id
