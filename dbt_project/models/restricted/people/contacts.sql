-- One row per person and address: email, phone or profile, as the systems spell it (restricted).
select distinct p.candidate_key, c.contact_code, trim(c.contact_value) as contact_value
from {{ ref("candidate_contacts") }} as c
inner join {{ ref("person_map") }} as p on p.source_system = c.source_system and p.candidate_id = c.candidate_id
where c.contact_code <> 'name' and trim(c.contact_value) <> ''
