-- One row per record x link that it has with other records: why two records are one person, and what can be undone. A
-- link is an identifier that records share (shared_identifiers) or a pair that something names (person_pairs), neither
-- capped. Records are numbered by the time they were first seen, so the smallest number of a person is its earliest
-- record.
{{ config(materialized="stored_table") }}

with
    ends as (
        select
            source_system,
            candidate_id,
            first_seen_at,
            identifier_code as link_code,
            identifier_value,
            learned_at as since_at,
            link_number
        from {{ ref("shared_identifiers") }}
        where not is_capped
        union all
        select source_system, candidate_id, first_seen_at, link_code, null, since_at, link_number
        from {{ ref("person_pairs") }}
        where not is_capped
        union all
        select other_source_system, other_candidate_id, other_first_seen_at, link_code, null, since_at, link_number
        from {{ ref("person_pairs") }}
        where not is_capped
    ),
    records as {{ materialized() }} (
        select
            source_system,
            candidate_id,
            row_number() over (order by first_seen_at nulls last, source_system, candidate_id) as record_number
        from (select distinct source_system, candidate_id, first_seen_at from ends) as held
    ),
    numbered as {{ materialized() }} (
        select
            e.source_system, e.candidate_id, e.link_code, e.identifier_value, e.since_at, r.record_number, e.link_number
        from ends as e
        inner join records as r on r.source_system = e.source_system and r.candidate_id = e.candidate_id
    ),
    splits as (
        select a.record_number, b.record_number as other_record_number
        from {{ ref("identity_rulings") }} as s
        inner join records as a on a.source_system = s.source_system and a.candidate_id = s.candidate_id
        inner join records as b on b.source_system = s.other_source_system and b.candidate_id = s.other_candidate_id
        where s.ruling_code = 'split' and a.record_number <> b.record_number
    ),
    refuted as (
        select distinct held.link_number
        from splits as s
        inner join numbered as held on held.record_number = s.record_number
        inner join
            numbered as other on other.record_number = s.other_record_number and other.link_number = held.link_number
    )

select
    n.source_system,
    n.candidate_id,
    n.link_code,
    n.identifier_value,
    n.since_at,
    n.record_number,
    n.link_number,
    r.link_number is not null as is_refuted
from numbered as n
left join refuted as r on r.link_number = n.link_number
