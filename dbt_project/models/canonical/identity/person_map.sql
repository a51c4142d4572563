-- One row per candidate of a source -> the person (candidate_key) it belongs to, over all sources.
-- People are the connected components of person_links. Each record starts with a label (its time and id); in each
-- round every identifier takes the earliest label of its holders and every holder the earliest of its identifiers. A
-- test fails if some round would still change a label.
-- candidate_key is made from the earliest record of the person, so it stays when unrelated people arrive.
{{ config(materialized="table") }}

with
    known as (
        select source_system, candidate_id, created_at
        from {{ ref("candidates") }}
        union all
        select source_system, candidate_id, applied_at
        from {{ ref("applications") }}
        where candidate_id is not null
        union all
        select source_system, candidate_id, sent_at
        from {{ ref("outreach_messages") }}
        where candidate_id is not null
        union all
        select source_system, candidate_id, occurred_at
        from {{ ref("crm_activities") }}
        where candidate_id is not null
    ),
    records as {{ materialized() }} (
        select source_system, candidate_id, min(created_at) as first_seen_at
        from known
        group by source_system, candidate_id
    ),
    labels_0 as {{ materialized() }} (
        select
            l.source_system,
            l.candidate_id,
            min(
                coalesce(cast(r.first_seen_at as varchar(26)), '9999')
                || '|'
                || l.source_system
                || '|'
                || l.candidate_id
            ) as label
        from {{ ref("person_links") }} as l
        left join records as r on r.source_system = l.source_system and r.candidate_id = l.candidate_id
        group by l.source_system, l.candidate_id
    ),
    {% for round in range(var("identity_rounds", 10)) -%}
        identifiers_{{ round }} as {{ materialized() }} (
            select k.identifier, min(l.label) as label
            from {{ ref("person_links") }} as k
            inner join labels_{{ round }} as l on l.source_system = k.source_system and l.candidate_id = k.candidate_id
            group by k.identifier
        ),
        labels_{{ round + 1 }} as {{ materialized() }} (
            select k.source_system, k.candidate_id, min(i.label) as label
            from {{ ref("person_links") }} as k
            inner join identifiers_{{ round }} as i on i.identifier = k.identifier
            group by k.source_system, k.candidate_id
        ),
    {% endfor -%}
    firsts as (
        -- the record whose label a component carries
        select
            coalesce(cast(first_seen_at as varchar(26)), '9999')
            || '|'
            || source_system
            || '|'
            || candidate_id as label,
            source_system,
            candidate_id
        from records
        where
            exists (
                select 1
                from {{ ref("person_links") }} as l
                where l.source_system = records.source_system and l.candidate_id = records.candidate_id
            )
    )

select
    r.source_system,
    r.candidate_id,
    {{ key("candidate", ["coalesce(f.source_system, r.source_system)", "coalesce(f.candidate_id, r.candidate_id)"]) }}
    as candidate_key,
    r.first_seen_at,
    l.label is not null as is_linked
from records as r
left join
    labels_{{ var("identity_rounds", 10) }} as l
    on l.source_system = r.source_system
    and l.candidate_id = r.candidate_id
left join firsts as f on f.label = l.label
