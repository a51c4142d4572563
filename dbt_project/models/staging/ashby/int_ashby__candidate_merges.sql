-- One row per candidate of Ashby that was merged into another. Ashby merges duplicates by itself and its lists do not
-- say so, but application ids are stable: an application that belongs to another candidate than before tells it, as
-- applications change hands in no other way. The merge had happened by the update that showed it.
with
    versions as (
        select source_system, record_id, candidate_id, observed_at, updated_at, payload_hash
        from {{ ref("stg_ashby__applications") }}
        where candidate_id is not null and observed_at < (select known_at from {{ ref("run_clock") }})
    ),
    in_two_hands as (
        select source_system, record_id
        from versions
        group by source_system, record_id
        having min(candidate_id) <> max(candidate_id)
    ),
    changes as (
        select
            v.source_system,
            lag(v.candidate_id) over (
                partition by v.source_system, v.record_id order by v.observed_at, v.updated_at, v.payload_hash
            ) as from_id,
            v.candidate_id as to_id,
            least(coalesce(v.updated_at, v.observed_at), v.observed_at) as merged_at,
            v.observed_at
        from versions as v
        inner join in_two_hands as t on t.source_system = v.source_system and t.record_id = v.record_id
    ),
    ranked as (
        select *, row_number() over (partition by source_system, from_id order by merged_at, to_id) as merge_rank
        from changes
        where from_id <> to_id
    )

select
    {{
        canonical_select(
            "candidate_merges",
            {"from_candidate_id": "m.from_id", "to_candidate_id": "m.to_id", "merged_at": "m.merged_at"},
            "m",
        )
    }}
from ranked as m
where m.merge_rank = 1
