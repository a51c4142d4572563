-- One row per archive reason of Lever but 'Hired'.
with
    mapped as (
        select
            r.source_system,
            r.record_id as close_reason_id,
            r.name as reason_name,
            {{ mapped_direction("r.source_system", "r.name") }} as direction_code,
            r.observed_at
        from {{ latest_version(ref("stg_lever__archive_reasons"), "archive_reasons") }} as r
        where not {{ is_lever_hire("r.observed_at", "r.type", "r.name") }}
    )

select *
from {{ canonical_rows("close_reasons", "mapped") }} as r
