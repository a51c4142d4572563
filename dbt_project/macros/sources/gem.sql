{#- What Gem's API and its export share. A word of the export as the code that the API writes: 'Follow-up' -> 'follow_up'. -#}
{% macro gem_code(text) -%} replace(replace(lower({{ text }}), '-', '_'), ' ', '_') {%- endmacro %}

{#-
    Replies among the events of Gem as email_events: each answers the latest message that the candidate had been sent by then. Gem leaves
    automatic replies out; a reply without a status is of unknown class. `kind` is the column that says what an event is.
-#}
{% macro gem_replies(events, kind) -%}
    with
        answered as (
            select
                *,
                last_value(
                    case when {{ kind }} in ('first_outreach', 'follow_up') then record_id end ignore nulls
                ) over (
                    partition by source_system, candidate_id
                    order by happened_at, case when {{ kind }} = 'reply' then 1 else 0 end, record_id
                    rows between unbounded preceding and current row
                ) as message_id
            from {{ events }} as e
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
    where r.{{ kind }} = 'reply' and r.message_id is not null
{%- endmacro %}
