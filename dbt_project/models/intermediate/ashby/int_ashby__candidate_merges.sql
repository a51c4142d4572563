-- One row per candidate of Ashby that was merged into another.
with
    changes as ({{ changed_hands(ref("stg_ashby__applications")) }}),
    ranked as (
        select *, row_number() over (partition by source_system, from_id order by merged_at, to_id) as merge_rank
        from changes
    ),

    mapped as (
        select m.source_system, m.from_id as from_candidate_id, m.to_id as to_candidate_id, m.merged_at, m.observed_at
        from ranked as m
        where m.merge_rank = 1
    )

select *
from {{ canonical_rows("candidate_merges", "mapped") }} as r
