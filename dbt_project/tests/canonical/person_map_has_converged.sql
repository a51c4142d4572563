-- Identifiers whose holders are still different people after the last round of person_map: raise var identity_rounds.
select l.identifier, count(distinct m.candidate_key) as people_count
from {{ ref("person_links") }} as l
inner join {{ ref("person_map") }} as m on m.source_system = l.source_system and m.candidate_id = l.candidate_id
group by l.identifier
having count(distinct m.candidate_key) > 1
