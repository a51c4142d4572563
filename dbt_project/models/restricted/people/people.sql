-- One row per person: the name under which the systems know them (restricted).
-- Of several names the one seen last; the log keeps the others. Whoever shows a name comes through
-- exports/rights/names.py.
select
    p.candidate_key,
    {{ at_max("c.contact_value", "row(c.observed_at, c.source_system, c.candidate_id, c.contact_value)") }}
    as candidate_name
from {{ ref("candidate_contacts") }} as c
inner join {{ ref("person_map") }} as p on p.source_system = c.source_system and p.candidate_id = c.candidate_id
where c.contact_code = 'name' and trim(c.contact_value) <> ''
group by p.candidate_key
