-- One row per candidate of Ashby that was merged into another.
with
    changes as ({{ changed_hands(ref("stg_ashby__applications")) }}),
    mapped as ({{ one_merge_each("changes", "merged_at, to_candidate_id") }})

select *
from {{ canonical_rows("candidate_merges", "mapped") }} as r
