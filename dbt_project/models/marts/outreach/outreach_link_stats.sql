-- One row per link (folded URL) that messages contained.
-- Everything is counted in people but messages and sequences. A person replied if any message of the sequence that
-- brought the link was answered (automatic replies never count), clicked or not; replied_rate_per_clicked asks only
-- those who clicked. Clicks are those not known to be a machine's; clicked_all_count has the scanners in it.
-- Scheduling and LinkedIn links are marked by the seed link_hosts, to be left out where content is compared.
with
    enrolments as (
        select
            m.message_key,
            coalesce(m.candidate_key, m.message_key) as person_key,
            coalesce(m.sequence_key, m.message_key) as enrolment_key,
            m.sequence_key,
            coalesce(m.is_replied, false) as is_replied,
            case when m.reply_class_code = 'interested' then m.first_replied_at end as interested_at
        from {{ ref("fct_outreach_messages") }} as m
    ),

    answers as (
        select
            person_key, enrolment_key, {{ any_true("is_replied") }} as is_replied, max(interested_at) as interested_at
        from enrolments
        group by person_key, enrolment_key
    ),

    contained as (
        select
            l.link_url,
            l.link_host,
            e.person_key,
            e.message_key,
            e.sequence_key,
            a.is_replied,
            a.interested_at,
            c.message_key is not null as is_clicked_all,
            coalesce(c.is_human, false) as is_clicked,
            case when c.is_human then c.first_clicked_at end as clicked_at
        from {{ ref("fct_outreach_message_links") }} as l
        inner join enrolments as e on l.message_key = e.message_key
        inner join answers as a on e.person_key = a.person_key and e.enrolment_key = a.enrolment_key
        left join {{ ref("fct_outreach_clicks") }} as c on l.message_key = c.message_key and l.link_url = c.link_url
    ),

    people as (
        select
            link_url,
            min(link_host) as link_host,
            person_key,
            count(*) as messages_count,
            {{ any_true("is_replied") }} as is_replied,
            {{ any_true("is_clicked") }} as is_clicked,
            {{ any_true("is_clicked_all") }} as is_clicked_all,
            {{ any_true("is_clicked and interested_at is not null and interested_at >= clicked_at") }}
            as is_interested_after_click
        from contained
        group by link_url, person_key
    ),

    counted as (
        select
            link_url,
            min(link_host) as link_host,
            cast(sum(messages_count) as bigint) as messages_count,
            count(*) as recipients_count,
            {{ count_where("is_replied") }} as replied_count,
            {{ count_where("is_clicked") }} as clicked_count,
            {{ count_where("is_clicked_all") }} as clicked_all_count,
            {{ count_where("is_replied and is_clicked") }} as replied_and_clicked_count,
            {{ count_where("is_interested_after_click") }} as interested_after_click_count
        from people
        group by link_url
    ),

    sequences as (select link_url, count(distinct sequence_key) as sequences_count from contained group by link_url),

    marked as (
        select c.link_url, min(h.host_class_code) as host_class_code
        from counted as c
        inner join {{ ref("link_hosts") }} as h on c.link_host = h.link_host or c.link_host like '%.' || h.link_host
        group by c.link_url
    )

select
    c.link_url,
    c.link_host,
    coalesce(m.host_class_code, 'content') as host_class_code,
    coalesce(m.host_class_code = 'scheduling', false) as is_scheduling,
    coalesce(m.host_class_code = 'linkedin', false) as is_linkedin,
    s.sequences_count,
    c.messages_count,
    c.recipients_count,
    c.replied_count,
    c.clicked_count,
    c.clicked_all_count,
    c.replied_and_clicked_count,
    c.interested_after_click_count,
    {{ rate_columns("replied_rate", "c.replied_count", "c.recipients_count") }},
    {{ rate_columns("clicked_rate", "c.clicked_count", "c.recipients_count") }},
    {{ rate_columns("replied_and_clicked_rate", "c.replied_and_clicked_count", "c.recipients_count") }},
    {{ rate_columns("replied_rate_per_clicked", "c.replied_and_clicked_count", "c.clicked_count") }},
    clock.as_of
from counted as c
inner join sequences as s on c.link_url = s.link_url
left join marked as m on c.link_url = m.link_url
cross join {{ ref("run_clock") }} as clock
