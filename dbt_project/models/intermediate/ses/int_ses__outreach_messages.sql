-- One row per message that SES accepted for one recipient. The ids in its tags are those of the CRM that wrote it
-- (canonical.reported_messages).
with
    sent as (
        select *, len(destinations) = 1 as is_to_one
        from {{ latest_version(ref("stg_ses__events"), "events") }}
        where message_id is not null and event_type = 'Send'
    ),

    mapped as (
        select
            e.source_system,
            e.message_id,
            e.sent_at,
            case when e.is_to_one then e.candidate_refs[1] end as candidate_id,
            case when e.is_to_one then lower(e.destinations[1]) end as recipient_address,
            e.sequence_ids[1] as sequence_id,
            try_cast(e.step_numbers[1] as integer) as step_number,
            e.sender_user_ids[1] as sender_id,
            nullif(e.on_behalf_of_user_ids[1], e.sender_user_ids[1]) as on_behalf_of_id,
            e.subject as subject_text,
            'email' as medium_code,
            e.observed_at
        from sent as e
    )

select *
from {{ canonical_rows("outreach_messages", "mapped") }} as r
