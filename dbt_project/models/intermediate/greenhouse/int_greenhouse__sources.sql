-- One row per source of Greenhouse. Its channel and origin come from the tenant's mapping: a Greenhouse strategy is
-- too coarse for either.
select {{ canonical_select("sources", {"source_id": "x.record_id", "source_name": "x.name"}, "x") }}
from {{ latest_version(ref("stg_greenhouse__sources"), "sources", "updated_at") }} as x
