-- One row per message that Gem knows it sent (first outreach and follow-ups of any medium).
-- Gem names neither sequence nor subject; canonical.outreach_messages prefers the email service's row of the same
-- message.
select
    {{
        canonical_select(
            "outreach_messages",
            {
                "message_id": "e.record_id",
                "sent_at": "e.happened_at",
                "candidate_id": "e.candidate_id",
                "sender_id": "e.user_id",
                "on_behalf_of_id": "nullif(e.on_behalf_of_user_id, e.user_id)",
                "medium_code": "coalesce(e.subtype, e.contact_medium)",
            },
            "e",
        )
    }}
from {{ latest_version(ref("stg_gem__candidate_events"), "candidate_events") }} as e
where e.type in ('first_outreach', 'follow_up')
