-- One row per person, over all sources (person_map), with no name and no contact.
-- Who is known by nothing but an address that a message went to (int_core__message_recipients) is a person too.
with
    records as (
        select p.candidate_key, p.first_seen_at, c.is_internal, c.do_not_contact
        from {{ ref("person_map") }} as p
        left join {{ ref("candidates") }} as c on c.source_system = p.source_system and c.candidate_id = p.candidate_id
        union all
        select m.candidate_key, m.sent_at, null, null
        from {{ ref("fct_outreach_messages") }} as m
        inner join {{ ref("int_core__message_recipients") }} as r on r.candidate_key = m.candidate_key
    ),
    people as (
        select
            candidate_key,
            min(first_seen_at) as first_seen_at,
            {{ any_true("is_internal") }} as is_internal,
            {{ any_true("do_not_contact") }} as has_do_not_contact
        from records
        group by candidate_key
    ),
    applied as (
        select candidate_key, count(*) as application_count
        from {{ ref("int_core__application_basis") }}
        where not is_prospect
        group by candidate_key
    )

select
    p.candidate_key,
    p.first_seen_at,
    coalesce(p.is_internal, false) as is_internal,
    cast(coalesce(a.application_count, 0) as integer) as application_count,
    coalesce(p.has_do_not_contact, false) as has_do_not_contact
from people as p
left join applied as a on a.candidate_key = p.candidate_key
