-- One row per message and link clicked, links folded.
with
    clicks as (
        select
            {{ key("message", ["e.source_system", "e.message_id"]) }} as message_key,
            u.link_url,
            u.link_host,
            e.occurred_at,
            coalesce(e.is_machine, false) as is_machine
        from {{ ref("email_events") }} as e
        inner join {{ ref("int_core__folded_urls") }} as u on u.written_url = e.link_url
        where e.event_code = 'clicked'
    )

select
    c.message_key,
    m.candidate_key,
    c.link_url,
    c.link_host,
    coalesce(min(case when not c.is_machine then c.occurred_at end), min(c.occurred_at)) as first_clicked_at,
    max(case when c.is_machine then 0 else 1 end) = 1 as is_human
from clicks as c
inner join {{ ref("fct_outreach_messages") }} as m on m.message_key = c.message_key
group by c.message_key, m.candidate_key, c.link_url, c.link_host
