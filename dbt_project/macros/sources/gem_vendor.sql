{#- What Gem's API and its export share. A word of the export as the code that the API writes: 'Follow-up' -> 'follow_up'. -#}
{% macro gem_code(text) -%} replace(replace(lower({{ text }}), '-', '_'), ' ', '_') {%- endmacro %}

{#- Whether an act is a message that somebody sent. -#}
{% macro is_gem_message(kind) -%} {{ kind }} in ('first_outreach', 'follow_up') {%- endmacro %}

{#- Messages among the events of Gem as outreach_messages: first outreach and follow-ups of any medium. `kind` is the column that says what an event is. -#}
{% macro gem_messages(events, kind, medium, on_behalf_of="cast(null as " ~ text_type() ~ ")") -%}
    select
        source_system,
        record_id as message_id,
        happened_at as sent_at,
        candidate_id,
        user_id as sender_id,
        {{ on_behalf_of }} as on_behalf_of_id,
        {{ medium }} as medium_code,
        observed_at
    from {{ events }} as e
    where {{ is_gem_message(kind) }}
{%- endmacro %}

{#-
    Replies among the events of Gem as email_events: each answers the latest message that the candidate had been sent by then. Gem leaves
    automatic replies out; a reply without a status is of unknown class. `kind` is the column that says what an event is.
-#}
{% macro gem_replies(events, kind) -%}
    with
        answered as (
            select
                *,
                last_value(case when {{ is_gem_message(kind) }} then record_id end ignore nulls) over (
                    partition by source_system, candidate_id
                    order by happened_at, case when {{ kind }} = 'reply' then 1 else 0 end, record_id
                    rows between unbounded preceding and current row
                ) as message_id
            from {{ events }} as e
        ),

        mapped as (
            select
                r.source_system,
                r.record_id as event_id,
                r.message_id,
                'replied' as event_code,
                r.happened_at as occurred_at,
                false as is_machine,
                coalesce(r.reply_status, 'unknown') as reply_class_code,
                r.observed_at
            from answered as r
            where r.{{ kind }} = 'reply' and r.message_id is not null
        )

    select *
    from {{ canonical_rows("email_events", "mapped") }} as r
{%- endmacro %}
