-- One row per location of Ashby.
select {{ canonical_select("offices", {"office_id": "x.record_id", "office_name": "x.name"}, "x") }}
from {{ latest_version(ref("stg_ashby__locations"), "locations") }} as x
