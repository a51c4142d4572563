-- One row per office of Greenhouse.
select {{ canonical_select("offices", {"office_id": "x.record_id", "office_name": "x.name"}, "x") }}
from {{ latest_version(ref("stg_greenhouse__offices"), "offices", "updated_at") }} as x
