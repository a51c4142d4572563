-- One row per reason of Ashby for which an application is archived (its own id) or an opening closed (id with
-- 'opening/' in front). The direction is the reason's type, unless the tenant's mapping says otherwise; Other is
-- nobody's act: filled, cancelled, consolidated. Reasons that are out of use still close old applications.
with
    reasons as (select * from {{ latest_version(ref("stg_ashby__archive_reasons"), "archive_reasons") }}),
    corrections as ({{ corrected_directions("reasons", "text") }}),
    closings as (select * from {{ latest_version(ref("stg_ashby__close_reasons"), "close_reasons") }})

select
    {{
        canonical_select(
            "close_reasons",
            {
                "close_reason_id": "r.record_id",
                "reason_name": "r.text",
                "direction_code": "coalesce(c.direction_code, case r.reason_type when 'RejectedByOrg' then 'company' "
                "when 'RejectedByCandidate' then 'candidate' when 'Other' then 'neither' end)",
            },
            "r",
        )
    }}
from reasons as r
left join corrections as c on c.source_system = r.source_system and c.record_id = r.record_id
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
