-- One row per candidate of a source x identifier that another candidate shares: why two records are one person, and
-- what can be undone.
-- An identifier held by more than five candidates (an agency's phone, a shared mailbox) links nobody. An id that a
-- source gives for another system links the two records, if exactly one source with applications knows a candidate by
-- it.
{{ config(materialized="table") }}

with
    repeated as (
        select identifier_code, identifier_value
        from {{ ref("candidate_identifiers") }}
        where identifier_code <> 'candidate_id'
        group by identifier_code, identifier_value
        having count(*) > 1
    ),
    identifiers as (
        select distinct i.source_system, i.candidate_id, i.identifier_code || ':' || i.identifier_value as identifier
        from {{ ref("candidate_identifiers") }} as i
        inner join repeated as r on r.identifier_code = i.identifier_code and r.identifier_value = i.identifier_value
    ),
    shared as (select identifier from identifiers group by identifier having count(*) between 2 and 5),
    ids_elsewhere as (
        select distinct source_system, candidate_id, identifier_value
        from {{ ref("candidate_identifiers") }}
        where identifier_code = 'candidate_id'
    ),
    named as (
        select
            i.source_system,
            i.candidate_id,
            min(a.source_system) as other_source_system,
            a.candidate_id as other_candidate_id
        from ids_elsewhere as i
        inner join
            (select distinct source_system, candidate_id from {{ ref("applications") }}) as a
            on a.candidate_id = i.identifier_value
            and a.source_system <> i.source_system
        group by i.source_system, i.candidate_id, a.candidate_id
        having count(*) = 1
    ),
    named_links as (
        select
            source_system,
            candidate_id,
            'candidate_id:' || other_source_system || ':' || other_candidate_id as identifier
        from named
        union
        select
            other_source_system, other_candidate_id, 'candidate_id:' || other_source_system || ':' || other_candidate_id
        from named
    ),
    capped as (select identifier from named_links group by identifier having count(*) <= 5)

select i.source_system, i.candidate_id, i.identifier
from identifiers as i
inner join shared as s on s.identifier = i.identifier
union all
select n.source_system, n.candidate_id, n.identifier
from named_links as n
inner join capped as c on c.identifier = n.identifier
