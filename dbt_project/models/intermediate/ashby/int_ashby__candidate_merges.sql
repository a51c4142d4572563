-- One row per candidate of Ashby that was merged into another. Ashby merges duplicates by itself and its lists do not
-- say so, but application ids are stable: an application that belongs to another candidate than before tells it, as
-- applications change hands in no other way. The merge had happened by the update that showed it.
with
    changes as ({{ changed_hands(ref("stg_ashby__applications")) }}),
    ranked as (
        select *, row_number() over (partition by source_system, from_id order by merged_at, to_id) as merge_rank
        from changes
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
