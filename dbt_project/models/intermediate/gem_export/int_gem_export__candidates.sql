-- One row per candidate of Gem's export, created when they were sourced; where the export hides personal data, when it
-- first speaks of them.
with
    candidates as (
        select
            source_system,
            candidate_id,
            coalesce(min(case when is_own_record then seen_at end), min(seen_at)) as created_at,
            max(observed_at) as observed_at
        from {{ ref("int_gem_export__sightings") }}
        group by source_system, candidate_id
    ),

    mapped as (select c.source_system, c.candidate_id, c.created_at, c.observed_at from candidates as c)

select *
from {{ canonical_rows("candidates", "mapped") }} as r
