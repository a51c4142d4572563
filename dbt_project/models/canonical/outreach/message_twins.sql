-- One row per message that two sources tell: the CRM's plain row -> the email service's row of the same email, which
-- also knows sequence and subject.
{{ config(materialized="stored_table") }}

with
    messages as (select * from {{ ref("reported_messages") }}),
    pairs as (
        select
            plain.source_system,
            plain.message_id,
            rich.message_id as twin_message_id,
            row_number() over (
                partition by plain.source_system, plain.message_id
                order by abs({{ days_between("plain.sent_at", "rich.sent_at") }}), rich.message_id
            ) as plain_rank,
            row_number() over (
                partition by rich.source_system, rich.message_id
                order by abs({{ days_between("plain.sent_at", "rich.sent_at") }}), plain.message_id
            ) as rich_rank
        from messages as plain
        inner join
            messages as rich
            on rich.source_system = plain.source_system
            and rich.candidate_id = plain.candidate_id
            and abs({{ days_between("plain.sent_at", "rich.sent_at") }}) <= 120 / 86400.0
        where
            plain.sequence_id is null
            and plain.medium_code = 'email'
            and rich.sequence_id is not null
            and rich.message_id <> plain.message_id
    )

select source_system, message_id, twin_message_id
from pairs
where plain_rank = 1 and rich_rank = 1
