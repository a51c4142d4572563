-- One row per opening of Greenhouse.
with
    mapped as (
        select
            o.source_system,
            o.record_id as opening_id,
            o.job_id,
            coalesce(o.opened_at, o.created_at) as opened_at,
            case when not coalesce(o.open, false) then o.closed_at end as closed_at,
            o.target_start_on,
            case when not coalesce(o.open, false) then o.application_id end as filled_application_id,
            o.observed_at
        from {{ latest_version(ref("stg_greenhouse__openings"), "openings", "updated_at") }} as o
    )

select *
from {{ canonical_rows("openings", "mapped") }} as r
