-- One row per record x identifier that another record holds too (restricted: holds contacts). An identifier of more
-- holders than var identity_degree_cap is an agency's telephone or a shared mailbox and links nobody (is_capped).
-- Identifiers are first counted by a hash, so that the texts of the many that nobody shares are never compared.
{{ config(materialized="stored_table") }}

with
    repeated as {{ materialized() }} (
        select {{ text_hash(["identifier_code", "identifier_value"]) }} as identifier_hash
        from {{ ref("candidate_identifiers") }}
        where identifier_code <> 'candidate_id' and identifier_value <> ''
        group by {{ text_hash(["identifier_code", "identifier_value"]) }}
        having count(*) > 1
    ),
    held as {{ materialized() }} (
        select
            i.source_system,
            i.candidate_id,
            i.identifier_code,
            i.identifier_value,
            p.first_seen_at,
            min(i.observed_at) as learned_at
        from {{ ref("candidate_identifiers") }} as i
        inner join repeated as r on r.identifier_hash = {{ text_hash(["i.identifier_code", "i.identifier_value"]) }}
        inner join
            {{ ref("person_records") }} as p on p.source_system = i.source_system and p.candidate_id = i.candidate_id
        where i.identifier_code <> 'candidate_id'
        group by i.source_system, i.candidate_id, i.identifier_code, i.identifier_value, p.first_seen_at
    ),
    -- merged into a record that holds the identifier as well
    covered as (
        select distinct h.source_system, h.candidate_id, h.identifier_code, h.identifier_value
        from {{ ref("candidate_merges") }} as m
        inner join held as h on h.source_system = m.source_system and h.candidate_id = m.from_candidate_id
        inner join
            held as t
            on t.source_system = m.source_system
            and t.candidate_id = m.to_candidate_id
            and t.identifier_code = h.identifier_code
            and t.identifier_value = h.identifier_value
        where m.from_candidate_id <> m.to_candidate_id
    ),
    counted as (
        select
            h.identifier_code,
            h.identifier_value,
            count(*) - count(c.candidate_id) as holder_count,
            row_number() over (order by h.identifier_code, h.identifier_value) as link_number
        from held as h
        left join
            covered as c
            on c.source_system = h.source_system
            and c.candidate_id = h.candidate_id
            and c.identifier_code = h.identifier_code
            and c.identifier_value = h.identifier_value
        group by h.identifier_code, h.identifier_value
        having count(*) > 1
    )

select
    h.source_system,
    h.candidate_id,
    h.first_seen_at,
    h.identifier_code,
    h.identifier_value,
    h.learned_at,
    c.link_number,
    c.holder_count,
    c.holder_count > {{ var("identity_degree_cap") }} as is_capped
from held as h
inner join counted as c on c.identifier_code = h.identifier_code and c.identifier_value = h.identifier_value
