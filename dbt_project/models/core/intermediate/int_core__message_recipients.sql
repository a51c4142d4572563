-- One row per message that names no candidate but an address: the person it went to.
-- The one person known by that address, over all sources; else the address itself stands for a person of its own,
-- under a key that does not show it, so that people are still counted once.
with
    prepared as (
        select source_system, message_id, {{ code_key("recipient_address") }} as text
        from {{ ref("outreach_messages") }}
        where candidate_id is null and recipient_address is not null
    ),
    addressed as {{ materialized() }} (
        select source_system, message_id, {{ normal_email("text") }} as address from prepared
    ),
    holders as (
        select i.identifier_value as address, min(p.candidate_key) as candidate_key
        from {{ ref("candidate_identifiers") }} as i
        inner join (select distinct address from addressed) as asked on asked.address = i.identifier_value
        inner join {{ ref("person_map") }} as p on p.source_system = i.source_system and p.candidate_id = i.candidate_id
        where i.identifier_code = 'email'
        group by i.identifier_value
        having min(p.candidate_key) = max(p.candidate_key)
    )

select
    a.source_system,
    a.message_id,
    coalesce(h.candidate_key, {{ key("candidate", ["'address'", "a.address"]) }}) as candidate_key
from addressed as a
left join holders as h on h.address = a.address
where a.address <> ''
