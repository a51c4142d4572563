-- One row per message that SendGrid took on for one recipient (processed). What was dropped was not sent. Where the
-- processed event is missing, what came of the message shows that it was sent, at its first event at the latest.
with
    messages as (
        select
            source_system,
            message_id,
            coalesce(min(case when event_type = 'processed' then occurred_at end), min(occurred_at)) as sent_at,
            min(recipient_address) as recipient_address,
            min(candidate_ref) as candidate_id,
            min(sequence_id) as sequence_id,
            min(step_number) as step_number,
            min(sender_user_id) as sender_id,
            min(on_behalf_of_user_id) as on_behalf_of_id,
            min(subject) as subject_text,
            max(observed_at) as observed_at
        from {{ ref("int_sendgrid__events") }}
        where
            event_type in ('processed', 'delivered', 'deferred', 'bounce', 'open', 'click', 'spamreport', 'unsubscribe')
        group by source_system, message_id
    ),

    mapped as (
        select
            m.source_system,
            m.message_id,
            m.sent_at,
            m.candidate_id,
            m.recipient_address,
            m.sequence_id,
            try_cast(m.step_number as integer) as step_number,
            m.sender_id,
            nullif(m.on_behalf_of_id, m.sender_id) as on_behalf_of_id,
            m.subject_text,
            'email' as medium_code,
            m.observed_at
        from messages as m
    )

select *
from {{ canonical_rows("outreach_messages", "mapped") }} as r
