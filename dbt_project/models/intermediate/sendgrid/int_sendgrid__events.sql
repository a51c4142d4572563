-- One row per SendGrid event with its message and recipient.
-- A message is known by the part of SendGrid's id before the first dot, the id that the sender got; one request to
-- several people has one such id, so their messages are told apart by a hash of the address. Without SendGrid's id the
-- header that it wrote into the message (smtp-id) begins with the same.
with
    events as (
        select
            *,
            lower(trim(recipient_address)) as recipient,
            coalesce(
                nullif(split_part(sendgrid_message_id, '.', 1), ''),
                nullif(regexp_extract(smtp_id, '^<?([^.@>]+)', 1), '')
            ) as request_id
        from {{ latest_version(ref("stg_sendgrid__events"), "events") }}
    ),
    shared as (
        select source_system, request_id
        from events
        group by source_system, request_id
        having min(recipient) <> max(recipient)
    )

select
    e.* exclude (recipient_address),
    e.recipient as recipient_address,
    case
        when s.request_id is null then e.request_id else e.request_id || '-' || left(md5(e.recipient), 12)
    end as message_id
from events as e
left join shared as s on s.source_system = e.source_system and s.request_id = e.request_id
where e.event_type is not null and e.occurred_at is not null and e.request_id is not null
