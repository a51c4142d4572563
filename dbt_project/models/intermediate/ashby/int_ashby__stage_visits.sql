-- One row per stay of an application in a stage, from Ashby.
with
    mapped as (
        select v.source_system, v.application_id, v.stage_id, v.entered_at, v.exited_at, v.actor_id, v.observed_at
        from {{ ref("int_ashby__stays") }} as v
        where v.stage_type not in ('Lead', 'Hired', 'Archived')
    )

select *
from {{ canonical_rows("stage_visits", "mapped") }} as r
