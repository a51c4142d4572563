-- One row per message that Gem knows it sent (first outreach and follow-ups of any medium).
with
    mapped as (
        select
            e.source_system,
            e.record_id as message_id,
            e.happened_at as sent_at,
            e.candidate_id,
            e.user_id as sender_id,
            nullif(e.on_behalf_of_user_id, e.user_id) as on_behalf_of_id,
            coalesce(e.subtype, e.contact_medium) as medium_code,
            e.observed_at
        from {{ latest_version(ref("stg_gem__candidate_events"), "candidate_events") }} as e
        where e.type in ('first_outreach', 'follow_up')
    )

select *
from {{ canonical_rows("outreach_messages", "mapped") }} as r
