-- One row per department of Greenhouse.
select
    {{
        canonical_select(
            "departments",
            {"department_id": "x.record_id", "department_name": "x.name", "parent_id": "x.parent_id"},
            "x",
        )
    }}
from {{ latest_version(ref("stg_greenhouse__departments"), "departments", "updated_at") }} as x
