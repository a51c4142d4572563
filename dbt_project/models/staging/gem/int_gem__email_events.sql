-- One row per reply that Gem saw. It answers the latest message that Gem had sent the candidate by then. Gem leaves
-- automatic replies out; a reply without a status is of unknown class.
with
    events as (select * from {{ latest_version(ref("stg_gem__candidate_events"), "candidate_events") }}),
    answered as (
        select *
        from
            (
                select
                    *,
                    last_value(case when type in ('first_outreach', 'follow_up') then record_id end ignore nulls) over (
                        partition by source_system, candidate_id
                        order by happened_at, case when type = 'reply' then 1 else 0 end, record_id
                        rows between unbounded preceding and current row
                    ) as message_id
                from events
            )
        where type = 'reply'
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
where r.message_id is not null
