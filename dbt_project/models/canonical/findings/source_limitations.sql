-- One row per source x canonical table of which its vendor cannot tell all (seeds/terminology/source_limits.csv);
-- data_coverage repeats it.
select s.source_system, l.table_name, l.limit_text
from {{ ref("stg_config__source_settings") }} as s
inner join {{ ref("source_limits") }} as l on l.kind = s.kind
