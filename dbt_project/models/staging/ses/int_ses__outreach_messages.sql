-- One row per message that SES accepted for one recipient. A message to several recipients blurs who opened it: it
-- names none.
select
    {{
        canonical_select(
            "outreach_messages",
            {
                "message_id": "e.message_id",
                "sent_at": "e.sent_at",
                "candidate_id": "case when len(e.destinations) = 1 then e.candidate_id end",
                "recipient_address": "case when len(e.destinations) = 1 then e.recipient_address end",
                "sequence_id": "e.sequence_id",
                "step_number": "try_cast(e.step_numbers[1] as integer)",
                "sender_id": "e.sender_user_ids[1]",
                "on_behalf_of_id": "nullif(e.on_behalf_of_user_ids[1], e.sender_user_ids[1])",
                "subject_text": "e.subject",
                "medium_code": "'email'",
            },
            "e",
        )
    }}
from {{ ref("int_ses__events") }} as e
where e.event_type = 'Send'
