-- One row per candidate of Greenhouse that was merged into another.
{{ config(materialized="stored_table") }}

with
    reported as (
        select
            source_system,
            person_id as from_candidate_id,
            new_candidate_id as to_candidate_id,
            observed_at as merged_at,
            observed_at
        from {{ latest_version(ref("stg_greenhouse__webhooks"), "webhooks") }}
        where action = 'merge_candidate' and person_id is not null and new_candidate_id is not null
    ),
    changes as ({{ changed_hands(ref("stg_greenhouse__applications")) }}),
    merges as (
        select *, 1 as evidence
        from reported
        union all
        select *, 2 as evidence
        from changes
    ),
    mapped as ({{ one_merge_each("merges", "evidence, merged_at, to_candidate_id") }})

select *
from {{ canonical_rows("candidate_merges", "mapped") }} as r
