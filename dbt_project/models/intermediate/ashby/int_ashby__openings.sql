-- One row per opening of Ashby. Who filled it, its offers say (core).
with
    mapped as (
        select
            o.source_system,
            o.record_id as opening_id,
            o.job_ids[1] as job_id,
            o.opened_at,
            case when o.opening_state in ('Filled', 'Closed') then o.closed_at end as closed_at,
            o.target_start_on,
            o.observed_at
        from {{ latest_version(ref("stg_ashby__openings"), "openings") }} as o
        where o.opening_state is distinct from 'Draft'
    )

select *
from {{ canonical_rows("openings", "mapped") }} as r
