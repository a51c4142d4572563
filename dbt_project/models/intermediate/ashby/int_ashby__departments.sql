-- One row per department or team of Ashby.
select
    {{
        canonical_select(
            "departments",
            {"department_id": "x.record_id", "department_name": "x.name", "parent_id": "x.parent_id"},
            "x",
        )
    }}
from {{ latest_version(ref("stg_ashby__departments"), "departments") }} as x
