-- One row per office of a source.
select {{ key("office", ["source_system", "office_id"]) }} as office_key, source_system, office_id, office_name
from {{ ref("offices") }}
