-- One row per opening of Greenhouse. `open` is the truth: a reopened opening keeps no closing time and no hire.
select
    {{
        canonical_select(
            "openings",
            {
                "opening_id": "o.record_id",
                "job_id": "o.job_id",
                "opened_at": "coalesce(o.opened_at, o.created_at)",
                "closed_at": "case when not coalesce(o.open, false) then o.closed_at end",
                "target_start_on": "o.target_start_on",
                "filled_application_id": "case when not coalesce(o.open, false) then o.application_id end",
            },
            "o",
        )
    }}
from {{ latest_version(ref("stg_greenhouse__openings"), "openings", "updated_at") }} as o
