-- One row per message in Gem's export (first outreach and follow-ups of any medium). The export names neither sequence,
-- step, subject nor the user on whose behalf it was sent; canonical.outreach_messages prefers the email service's row
-- of the same message.
select
    {{
        canonical_select(
            "outreach_messages",
            {
                "message_id": "e.record_id",
                "sent_at": "e.happened_at",
                "candidate_id": "e.candidate_id",
                "sender_id": "e.user_id",
                "medium_code": "e.medium_code",
            },
            "e",
        )
    }}
from {{ ref("int_gem_export__events") }} as e
where e.event_code in ('first_outreach', 'follow_up')
