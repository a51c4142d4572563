-- Splits (config/mappings/identity_splits.csv) whose two records are one person all the same.
select s.source_system, s.candidate_id, s.other_source_system, s.other_candidate_id
from {{ ref("identity_rulings") }} as s
inner join {{ ref("person_map") }} as a on a.source_system = s.source_system and a.candidate_id = s.candidate_id
inner join
    {{ ref("person_map") }} as b on b.source_system = s.other_source_system and b.candidate_id = s.other_candidate_id
where s.ruling_code = 'split' and a.candidate_key = b.candidate_key and a.record_number <> b.record_number
