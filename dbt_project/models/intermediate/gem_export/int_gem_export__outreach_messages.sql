-- One row per message in Gem's export (first outreach and follow-ups of any medium). The export names neither sequence,
-- step, subject nor the user on whose behalf it was sent; canonical.outreach_messages prefers the email service's row
-- of the same message.
with
    mapped as (
        select
            e.source_system,
            e.record_id as message_id,
            e.happened_at as sent_at,
            e.candidate_id,
            e.user_id as sender_id,
            e.medium_code,
            e.observed_at
        from {{ ref("int_gem_export__events") }} as e
        where e.event_code in ('first_outreach', 'follow_up')
    )

select *
from {{ canonical_rows("outreach_messages", "mapped") }} as r
