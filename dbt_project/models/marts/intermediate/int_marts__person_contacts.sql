-- One row per person whom somebody of the company wrote to, talked to or interviewed: the last time, by whom, and until
-- when the rules of engagement (seed engagement_rules) keep others away.
-- A message counts for whom it came from in the person's eyes (on behalf of, else the sender); a sequence's later
-- messages keep others away longer.
with
    contacts as (
        select
            candidate_key,
            sent_at as contact_at,
            coalesce(on_behalf_of_key, sender_key) as contact_by_key,
            'message' as contact_code,
            case when step_number >= 3 then 3 when step_number = 2 then 2 else 1 end as contact_number
        from {{ ref("fct_outreach_messages") }}
        union all
        select
            candidate_key,
            occurred_at,
            actor_key,
            case activity_code when 'interview' then 'interview' when 'inmail' then 'message' else 'conversation' end,
            1
        from {{ ref("fct_activities") }}
        cross join {{ ref("run_clock") }} as clock
        where activity_code in ('interview', 'call', 'meeting', 'text_message', 'inmail') and occurred_at < clock.as_of
    ),

    dated as (
        select
            c.candidate_key,
            c.contact_at,
            c.contact_by_key,
            {{ add_days("c.contact_at", "r.days") }} as engaged_until_at
        from contacts as c
        inner join
            {{ ref("engagement_rules") }} as r on c.contact_code = r.contact_code and c.contact_number = r.from_number
        where c.candidate_key is not null and c.contact_at is not null
    ),

    latest as (
        select candidate_key, max(contact_at) as last_contact_at, max(engaged_until_at) as engaged_until_at
        from dated
        group by candidate_key
    )

select l.candidate_key, l.last_contact_at, min(d.contact_by_key) as last_contact_by_key, l.engaged_until_at
from latest as l
inner join dated as d on l.candidate_key = d.candidate_key and l.last_contact_at = d.contact_at
group by l.candidate_key, l.last_contact_at, l.engaged_until_at
