-- One row per pair of records that something names as one person: merged (the source merged one into the other),
-- candidate_id (one source gives the other's id) or ruled (identity_links.csv).
-- An id that a source gives may say whose it is ('ats:4711'). Without that, it links if exactly one source with
-- applications knows a candidate by it; with more holders than var identity_degree_cap (the record and those that give
-- its id) it links nobody.
{{ config(materialized="stored_table") }}

with
    tracking_systems as {{ materialized() }} (select distinct source_system from {{ ref("applications") }}),
    given_ids as (
        select
            i.source_system,
            i.candidate_id,
            t.source_system as other_source_system,
            case
                when t.source_system is null
                then i.identifier_value
                else substr(i.identifier_value, length(t.source_system) + 2)
            end as other_candidate_id,
            min(i.observed_at) as since_at
        from {{ ref("candidate_identifiers") }} as i
        left join
            tracking_systems as t
            on t.source_system = split_part(i.identifier_value, ':', 1)
            and i.identifier_value like '%:_%'
        where i.identifier_code = 'candidate_id' and i.identifier_value <> ''
        group by i.source_system, i.candidate_id, t.source_system, i.identifier_value
    ),
    homes as (
        select
            g.source_system,
            g.candidate_id,
            g.other_candidate_id,
            min(r.source_system) as other_source_system,
            min(g.since_at) as since_at,
            count(distinct r.source_system) as home_count
        from given_ids as g
        inner join
            {{ ref("person_records") }} as r
            on r.candidate_id = g.other_candidate_id
            and r.source_system = coalesce(g.other_source_system, r.source_system)
            and r.source_system <> g.source_system
        inner join tracking_systems as t on t.source_system = r.source_system
        group by g.source_system, g.candidate_id, g.other_candidate_id, g.other_source_system
    ),
    named as (
        select *, count(*) over (partition by other_source_system, other_candidate_id) as naming_count
        from homes
        where home_count = 1
    ),
    pairs as (
        select
            'merged' as link_code,
            source_system,
            from_candidate_id as candidate_id,
            source_system as other_source_system,
            to_candidate_id as other_candidate_id,
            min(merged_at) as since_at,
            cast(null as {{ text_type() }}) as note,
            false as is_capped
        from {{ ref("candidate_merges") }}
        group by source_system, from_candidate_id, to_candidate_id
        union all
        select
            'candidate_id',
            source_system,
            candidate_id,
            other_source_system,
            other_candidate_id,
            since_at,
            null,
            naming_count >= {{ var("identity_degree_cap") }}
        from named
        union all
        select
            'ruled',
            source_system,
            candidate_id,
            other_source_system,
            other_candidate_id,
            {{ first_instant("valid_from") }},
            note,
            false
        from {{ ref("identity_rulings") }}
        where ruling_code = 'link'
    )

select
    p.link_code,
    p.source_system,
    p.candidate_id,
    a.first_seen_at,
    p.other_source_system,
    p.other_candidate_id,
    b.first_seen_at as other_first_seen_at,
    p.since_at,
    p.note,
    p.is_capped,
    -- below 0, so that they never are a shared identifier's
    - row_number() over (
        order by p.link_code, p.source_system, p.candidate_id, p.other_source_system, p.other_candidate_id
    ) as link_number
from pairs as p
inner join {{ ref("person_records") }} as a on a.source_system = p.source_system and a.candidate_id = p.candidate_id
inner join
    {{ ref("person_records") }} as b
    on b.source_system = p.other_source_system
    and b.candidate_id = p.other_candidate_id
where p.source_system <> p.other_source_system or p.candidate_id <> p.other_candidate_id
