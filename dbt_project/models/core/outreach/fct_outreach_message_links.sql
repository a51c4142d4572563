-- One row per message and link it contained, links folded.
-- A link that was clicked was contained, so a source that lists no links still shows those (data_coverage says where
-- that is all there is).
with
    contained as (
        select
            {{ key("message", ["l.source_system", "l.message_id"]) }} as message_key,
            u.link_url,
            u.link_host,
            1 as is_listed
        from {{ ref("message_links") }} as l
        inner join {{ ref("int_core__folded_urls") }} as u on u.written_url = l.link_url
        union all
        select message_key, link_url, link_host, 0 as is_listed
        from {{ ref("fct_outreach_clicks") }}
    )

select
    c.message_key, m.candidate_key, m.sequence_key, c.link_url, c.link_host, max(c.is_listed) = 1 as is_known_from_body
from contained as c
inner join {{ ref("fct_outreach_messages") }} as m on m.message_key = c.message_key
group by c.message_key, m.candidate_key, m.sequence_key, c.link_url, c.link_host
