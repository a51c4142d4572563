-- One row per candidate of Gem.
select {{ canonical_select("candidates", {"candidate_id": "c.record_id", "created_at": "c.created_at"}, "c") }}
from {{ latest_version(ref("stg_gem__candidates"), "candidates", "last_updated_at") }} as c
