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
    )

select
    {{
        canonical_select(
            "outreach_messages",
            {
                "message_id": "m.message_id",
                "sent_at": "m.sent_at",
                "candidate_id": "m.candidate_id",
                "recipient_address": "m.recipient_address",
                "sequence_id": "m.sequence_id",
                "step_number": "try_cast(m.step_number as integer)",
                "sender_id": "m.sender_id",
                "on_behalf_of_id": "nullif(m.on_behalf_of_id, m.sender_id)",
                "subject_text": "m.subject_text",
                "medium_code": "'email'",
            },
            "m",
        )
    }}
from messages as m
