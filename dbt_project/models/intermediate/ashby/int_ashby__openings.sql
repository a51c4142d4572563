-- One row per opening of Ashby.
with
    hires as (
        select source_system, opening_id, arg_max(application_id, (resolved_at, application_id)) as application_id
        from {{ ref("int_ashby__offers") }}
        where status_code = 'accepted' and opening_id is not null
        group by all
    ),

    mapped as (
        select
            o.source_system,
            o.record_id as opening_id,
            o.job_ids[1] as job_id,
            o.opened_at,
            case when o.opening_state in ('Filled', 'Closed') then o.closed_at end as closed_at,
            o.target_start_on,
            case when o.opening_state = 'Filled' then h.application_id end as filled_application_id,
            o.observed_at
        from {{ latest_version(ref("stg_ashby__openings"), "openings") }} as o
        left join hires as h on h.source_system = o.source_system and h.opening_id = o.record_id
        where o.opening_state is distinct from 'Draft'
    )

select *
from {{ canonical_rows("openings", "mapped") }} as r
