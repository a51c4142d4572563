-- One row per message sent to one person, with what came back.
-- Its requisition is the one its sequence was linked to when it was sent. The first touch is the first message the
-- person ever got. Who is enrolled when is told per sequence; a message to nobody known is an enrolment of its own.
with
    messages as (
        select m.*, coalesce(p.candidate_key, r.candidate_key) as candidate_key
        from {{ ref("outreach_messages") }} as m
        left join {{ ref("person_map") }} as p on p.source_system = m.source_system and p.candidate_id = m.candidate_id
        left join
            {{ ref("int_core__message_recipients") }} as r
            on r.source_system = m.source_system
            and r.message_id = m.message_id
    ),
    touched as (
        select
            *,
            row_number() over (partition by candidate_key order by sent_at, source_system, message_id) as touch_number,
            row_number() over (
                partition by candidate_key, source_system, sequence_id order by sent_at, message_id
            ) as sequence_touch_number,
            min(sent_at) over (
                partition by candidate_key, source_system, sequence_id order by sent_at, message_id
            ) as enrolled_at
        from messages
    )

select
    {{ key("message", ["m.source_system", "m.message_id"]) }} as message_key,
    m.source_system,
    m.candidate_key,
    {{ optional_key("sequence", ["m.source_system", "m.sequence_id"]) }} as sequence_key,
    m.step_number,
    {{ optional_key("job", ["t.job_source_system", "t.job_id"]) }} as job_key,
    {{ optional_key("user", ["m.source_system", "m.sender_id"]) }} as sender_key,
    {{ optional_key("user", ["m.source_system", "m.on_behalf_of_id"]) }} as on_behalf_of_key,
    m.subject_text,
    m.medium_code,
    m.sent_at,
    {{ local_date("m.sent_at") }} as sent_on,
    {{ local_date("case when m.candidate_key is null then m.sent_at else m.enrolled_at end") }} as enrolled_on,
    m.touch_number = 1 as is_first_touch,
    m.sequence_touch_number = 1 as is_first_in_sequence,
    case when e.is_bounced then false when e.has_delivery then true end as is_delivered,
    coalesce(e.is_opened, false) as is_opened,
    coalesce(e.is_opened_human, false) as is_opened_human,
    coalesce(e.is_clicked, false) as is_clicked,
    coalesce(e.is_clicked_human, false) as is_clicked_human,
    coalesce(e.is_replied, false) as is_replied,
    e.first_replied_at,
    e.reply_class_code,
    coalesce(e.is_bounced, false) as is_bounced,
    coalesce(e.is_unsubscribed, false) as is_unsubscribed
from touched as m
left join
    {{ ref("int_core__message_events") }} as e on e.source_system = m.source_system and e.message_id = m.message_id
left join
    {{ ref("int_core__sequence_job_terms") }} as t
    on t.source_system = m.source_system
    and t.sequence_id = m.sequence_id
    and t.from_at <= m.sent_at
    and m.sent_at < t.to_at
