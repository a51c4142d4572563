-- One row per opening of Ashby. Its job is the first of its latest version's. Who filled it is not on the opening, and
-- Ashby clears it from the application: it is the application whose accepted offer names it, the last if several do.
with
    hires as (
        select source_system, opening_id, arg_max(application_id, (resolved_at, application_id)) as application_id
        from {{ ref("int_ashby__offers") }}
        where status_code = 'accepted' and opening_id is not null
        group by all
    )

select
    {{
        canonical_select(
            "openings",
            {
                "opening_id": "o.record_id",
                "job_id": "o.job_ids[1]",
                "opened_at": "o.opened_at",
                "closed_at": "case when o.opening_state in ('Filled', 'Closed') then o.closed_at end",
                "target_start_on": "o.target_start_on",
                "filled_application_id": "case when o.opening_state = 'Filled' then h.application_id end",
            },
            "o",
        )
    }}
from {{ latest_version(ref("stg_ashby__openings"), "openings") }} as o
left join hires as h on h.source_system = o.source_system and h.opening_id = o.record_id
where o.opening_state is distinct from 'Draft'
