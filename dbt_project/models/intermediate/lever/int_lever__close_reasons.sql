-- One row per archive reason of Lever but 'Hired'.
with
    reasons as (
        select source_system, record_id, name, cast(null as {{ text_type() }}) as own_direction, observed_at
        from {{ latest_version(ref("stg_lever__archive_reasons"), "archive_reasons") }}
        where not {{ is_lever_hire("observed_at", "type", "name") }}
    ),
    mapped as ({{ close_reasons_of_applications("reasons") }})

select *
from {{ canonical_rows("close_reasons", "mapped") }} as r
