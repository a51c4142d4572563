-- Links whose holders are still different people: the rounds of person_map were too few; raise var identity_rounds.
-- (Refuted links and records that a split sets apart are meant to be.)
select l.link_number
from {{ ref("person_links") }} as l
inner join {{ ref("person_map") }} as m on m.record_number = l.record_number
where not l.is_refuted and not m.is_set_apart
group by l.link_number
having min(m.person_number) <> max(m.person_number)
