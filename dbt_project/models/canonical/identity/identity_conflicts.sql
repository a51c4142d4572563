-- One row per thing about identities that a person should look at (restricted: holds contacts). Read by
-- `funnelcast identity conflicts`; a view, so that it costs nothing until it is asked.
-- capped: an identifier of more holders than var identity_degree_cap, which links nobody. unknown_record: a ruling
-- names a record that nothing else does.
-- split_of_strangers: a split of two that share nothing, directly or over others. set_apart: a split that had to set
-- its
-- second record apart, because a path over others was left. overruled_link: a link of the list that a split
-- takes back.
with
    rulings as (
        select
            r.*,
            a.source_system is not null as is_known,
            b.source_system is not null as is_other_known,
            a.record_number,
            b.record_number as other_record_number,
            a.candidate_key = b.candidate_key as is_one_person,
            b.is_set_apart
        from {{ ref("identity_rulings") }} as r
        left join {{ ref("person_map") }} as a on a.source_system = r.source_system and a.candidate_id = r.candidate_id
        left join
            {{ ref("person_map") }} as b
            on b.source_system = r.other_source_system
            and b.candidate_id = r.other_candidate_id
    ),
    refuting as (
        select distinct r.record_number, r.other_record_number
        from rulings as r
        inner join {{ ref("person_links") }} as l on l.record_number = r.record_number and l.is_refuted
        inner join
            {{ ref("person_links") }} as k on k.record_number = r.other_record_number and k.link_number = l.link_number
        where r.ruling_code = 'split'
    )

select
    'capped' as conflict_code,
    identifier_code,
    identifier_value,
    cast(null as {{ text_type() }}) as source_system,
    cast(null as {{ text_type() }}) as candidate_id,
    cast(null as {{ text_type() }}) as other_source_system,
    cast(null as {{ text_type() }}) as other_candidate_id,
    max(holder_count) as holder_count
from {{ ref("shared_identifiers") }}
where is_capped
group by identifier_code, identifier_value
union all
select
    'capped',
    link_code,
    other_source_system || ':' || other_candidate_id,
    other_source_system,
    other_candidate_id,
    null,
    null,
    count(*) + 1
from {{ ref("person_pairs") }}
where is_capped
group by link_code, other_source_system, other_candidate_id
union all
select
    case
        when not (r.is_known and r.is_other_known)
        then 'unknown_record'
        when r.ruling_code = 'link'
        then 'overruled_link'
        when r.is_set_apart
        then 'set_apart'
        else 'split_of_strangers'
    end,
    null,
    null,
    r.source_system,
    r.candidate_id,
    r.other_source_system,
    r.other_candidate_id,
    null
from rulings as r
left join refuting as f on f.record_number = r.record_number and f.other_record_number = r.other_record_number
where
    not (r.is_known and r.is_other_known)
    or (r.ruling_code = 'link' and not r.is_one_person)
    or (r.ruling_code = 'split' and (r.is_set_apart or f.record_number is null))
