-- One row per record of a candidate in a source -> the person (candidate_key) it belongs to, over all sources. If the
-- two records of a split are still one person over others, the one that the line names second is set apart: none of its
-- links counts. candidate_key is made from the earliest record of the person (by first_seen_at, source, id), so it
-- stays when unrelated or later people arrive.
{{ config(materialized="stored_table") }}

{% set rounds = var("identity_rounds") %}

with
    records as {{ materialized() }} (
        select distinct source_system, candidate_id, record_number from {{ ref("person_links") }}
    ),
    {{
        connected_components(
            "first", "select record_number, link_number from " ~ ref("person_links") ~ " where not is_refuted", rounds
        )
    }},
    -- step by step, each step materialised: engines that expect few rows here would begin with all pairs of a person
    splits as {{ materialized() }} (
        select a.record_number, b.record_number as apart_number
        from {{ ref("identity_rulings") }} as s
        inner join records as a on a.source_system = s.source_system and a.candidate_id = s.candidate_id
        inner join records as b on b.source_system = s.other_source_system and b.candidate_id = s.other_candidate_id
        where s.ruling_code = 'split' and a.record_number <> b.record_number
    ),
    split_people as {{ materialized() }} (
        select s.apart_number, p.person_number
        from splits as s
        inner join first_people as p on p.record_number = s.record_number
    ),
    violated as {{ materialized() }} (
        select s.person_number, s.apart_number
        from split_people as s
        inner join first_people as p on p.record_number = s.apart_number and p.person_number = s.person_number
    ),
    rest as {{ materialized() }} (
        select l.record_number, l.link_number
        from {{ ref("person_links") }} as l
        inner join first_people as p on p.record_number = l.record_number
        inner join (select distinct person_number from violated) as v on v.person_number = p.person_number
        left join (select distinct apart_number from violated) as a on a.apart_number = l.record_number
        where a.apart_number is null and not l.is_refuted
    ),
    {{ connected_components("second", "select record_number, link_number from rest", rounds) }},
    people as (
        select
            r.source_system,
            r.candidate_id,
            r.record_number,
            case when v.person_number is null then p.person_number else q.person_number end as shared_person_number,
            a.apart_number is not null as is_set_apart
        from records as r
        left join first_people as p on p.record_number = r.record_number
        left join (select distinct person_number from violated) as v on v.person_number = p.person_number
        left join (select distinct apart_number from violated) as a on a.apart_number = r.record_number
        left join second_people as q on q.record_number = r.record_number
    ),
    earliest as (
        select
            p.*,
            f.record_number as person_number,
            f.source_system as first_source_system,
            f.candidate_id as first_candidate_id
        from people as p
        inner join records as f on f.record_number = coalesce(p.shared_person_number, p.record_number)
    )

select
    r.source_system,
    r.candidate_id,
    {{
        key(
            "candidate",
            [
                "coalesce(e.first_source_system, r.source_system)",
                "coalesce(e.first_candidate_id, r.candidate_id)",
            ],
        )
    }} as candidate_key,
    r.first_seen_at,
    e.shared_person_number is not null as is_linked,
    coalesce(e.is_set_apart, false) as is_set_apart,
    e.record_number,
    e.person_number
from {{ ref("person_records") }} as r
left join earliest as e on e.source_system = r.source_system and e.candidate_id = r.candidate_id
