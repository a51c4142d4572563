-- One row per message sent, with what came of it as flags and numbers: the one input of the outreach tables.
-- A message to nobody known counts as a person of its own. converted_after_days is the time from the message to the
-- application that it brought (int_marts__outreach_conversions), the first one if it brought several.
with
    brought as (
        select message_key, min(days_after_message) as converted_after_days
        from {{ ref("int_marts__outreach_conversions") }}
        group by message_key
    )

select
    m.message_key,
    coalesce(m.candidate_key, m.message_key) as person_key,
    m.sequence_key,
    m.step_number,
    m.job_key,
    m.sender_key,
    coalesce(m.on_behalf_of_key <> m.sender_key, m.on_behalf_of_key is not null) as is_on_behalf,
    m.subject_text,
    m.sent_at,
    coalesce(m.is_first_in_sequence, false) as is_first_in_sequence,
    coalesce(m.is_delivered, false) as is_delivered,
    coalesce(m.is_bounced, false) as is_bounced,
    coalesce(m.is_opened_human, false) as is_opened_human,
    coalesce(m.is_opened, false) as is_opened,
    coalesce(m.is_clicked_human, false) as is_clicked_human,
    coalesce(m.is_clicked, false) as is_clicked,
    coalesce(m.is_replied, false) as is_replied,
    coalesce(m.is_replied and m.reply_class_code = 'interested', false) as is_interested,
    coalesce(m.is_unsubscribed, false) as is_unsubscribed,
    b.converted_after_days
from {{ ref("fct_outreach_messages") }} as m
left join brought as b on b.message_key = m.message_key
