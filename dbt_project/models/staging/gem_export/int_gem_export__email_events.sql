-- One row per reply in Gem's export. It answers the latest message that the candidate had been sent by then. Gem leaves
-- automatic replies out; a reply without a status is of unknown class.
with
    answered as (
        select
            *,
            last_value(case when event_code in ('first_outreach', 'follow_up') then record_id end ignore nulls) over (
                partition by source_system, candidate_id
                order by happened_at, case when event_code = 'reply' then 1 else 0 end, record_id
                rows between unbounded preceding and current row
            ) as message_id
        from {{ ref("int_gem_export__events") }}
    )

select
    {{
        canonical_select(
            "email_events",
            {
                "event_id": "r.record_id",
                "message_id": "r.message_id",
                "event_code": "'replied'",
                "occurred_at": "r.happened_at",
                "is_machine": "false",
                "reply_class_code": "coalesce(r.reply_status, 'unknown')",
            },
            "r",
        )
    }}
from answered as r
where r.event_code = 'reply' and r.message_id is not null
