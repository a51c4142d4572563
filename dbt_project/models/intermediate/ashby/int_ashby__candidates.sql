-- One row per candidate of Ashby, which does not say who of them is an employee.
select {{ canonical_select("candidates", {"candidate_id": "c.record_id", "created_at": "c.created_at"}, "c") }}
from {{ latest_version(ref("stg_ashby__candidates"), "candidates", "updated_at") }} as c
