-- One row per archive reason of Lever but 'Hired'. Whose act it was (direction_code) is not known to Lever: it comes
-- from the tenant's mapping alone, and a reason without it shows as unmapped.
select
    {{
        canonical_select(
            "close_reasons",
            {
                "close_reason_id": "r.record_id",
                "reason_name": "r.name",
                "direction_code": mapped_direction("r.source_system", "r.name"),
            },
            "r",
        )
    }}
from {{ latest_version(ref("stg_lever__archive_reasons"), "archive_reasons") }} as r
where not {{ is_lever_hire("r.observed_at", "r.type", "r.name") }}
