-- One row per SES event with the source that its ids belong to. The tags hold ids of the CRM that wrote the message:
-- if a CRM knows the sequence, the message is that CRM's (source_system), so that sequences, senders and candidates
-- join; else it is the email service's own.
with
    sequences as (
        select sequence_id, min(source_system) as source_system
        from {{ ref("int_gem__sequences") }}
        group by sequence_id
        having count(distinct source_system) = 1
    ),
    events as (
        select
            *,
            sequence_ids[1] as sequence_id,
            candidate_refs[1] as candidate_id,
            lower(destinations[1]) as recipient_address
        from {{ latest_version(ref("stg_ses__events"), "events") }}
        where message_id is not null
    )

select e.* exclude (source_system), coalesce(s.source_system, e.source_system) as source_system
from events as e
left join sequences as s on s.sequence_id = e.sequence_id
