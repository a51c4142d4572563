-- One row per message that SES accepted for one recipient. A message to several recipients blurs who opened it: it
-- names none. The ids in its tags are those of the CRM that wrote it (canonical.told_messages).
with
    sent as (
        select *, len(destinations) = 1 as is_to_one
        from {{ latest_version(ref("stg_ses__events"), "events") }}
        where message_id is not null and event_type = 'Send'
    )

select
    {{
        canonical_select(
            "outreach_messages",
            {
                "message_id": "e.message_id",
                "sent_at": "e.sent_at",
                "candidate_id": "case when e.is_to_one then e.candidate_refs[1] end",
                "recipient_address": "case when e.is_to_one then lower(e.destinations[1]) end",
                "sequence_id": "e.sequence_ids[1]",
                "step_number": "try_cast(e.step_numbers[1] as integer)",
                "sender_id": "e.sender_user_ids[1]",
                "on_behalf_of_id": "nullif(e.on_behalf_of_user_ids[1], e.sender_user_ids[1])",
                "subject_text": "e.subject",
                "medium_code": "'email'",
            },
            "e",
        )
    }}
from sent as e
