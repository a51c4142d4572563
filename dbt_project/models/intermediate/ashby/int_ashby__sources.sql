-- One row per source of Ashby. Its channel and origin come from the tenant's mapping: a source type is too coarse.
select {{ canonical_select("sources", {"source_id": "x.record_id", "source_name": "x.title"}, "x") }}
from {{ latest_version(ref("stg_ashby__sources"), "sources") }} as x
