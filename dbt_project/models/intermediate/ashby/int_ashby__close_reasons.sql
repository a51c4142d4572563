-- One row per reason of Ashby for which an application is archived (its own id) or an opening closed (id with
-- 'opening/' in front). The direction is the reason's type, unless the tenant's mapping says otherwise; Other is
-- nobody's act: filled, cancelled, consolidated. Reasons that are out of use still close old applications.
with
    reasons as (
        select r.*, {{ mapped_direction("r.source_system", "r.text") }} as corrected_direction
        from {{ latest_version(ref("stg_ashby__archive_reasons"), "archive_reasons") }} as r
    ),
    closings as (select * from {{ latest_version(ref("stg_ashby__close_reasons"), "close_reasons") }})

select
    {{
        canonical_select(
            "close_reasons",
            {
                "close_reason_id": "r.record_id",
                "reason_name": "r.text",
                "direction_code": "coalesce(r.corrected_direction, case r.reason_type when 'RejectedByOrg' then 'company' "
                "when 'RejectedByCandidate' then 'candidate' when 'Other' then 'neither' end)",
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
