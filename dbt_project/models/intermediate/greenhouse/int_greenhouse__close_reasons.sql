-- One row per reason of Greenhouse for which an application is rejected (its own id) or an opening closed (id with
-- 'opening/' in front, another space of ids). The direction is the reason type's key, unless the tenant's mapping
-- says otherwise; 'neither' is a position filled or closed.
with
    reasons as (
        select r.*, {{ mapped_direction("r.source_system", "r.name") }} as corrected_direction
        from {{ latest_version(ref("stg_greenhouse__rejection_reasons"), "rejection_reasons", "updated_at") }} as r
    ),
    closings as (
        select * from {{ latest_version(ref("stg_greenhouse__close_reasons"), "close_reasons", "updated_at") }}
    )

select
    {{
        canonical_select(
            "close_reasons",
            {
                "close_reason_id": "r.record_id",
                "reason_name": "r.name",
                "direction_code": "coalesce(r.corrected_direction, case r.type_key when 'WE_REJECTED_THEM' then 'company' "
                "when 'SECURITY_CONCERN' then 'company' when 'THEY_REJECTED_US' then 'candidate' when 'NONE_SPECIFIED' then 'neither' end)",
            },
            "r",
        )
    }}
from reasons as r
union all
select
    {{
        canonical_select(
            "close_reasons",
            {"close_reason_id": "'opening/' || c.record_id", "reason_name": "c.name", "direction_code": "'neither'"},
            "c",
        )
    }}
from closings as c
