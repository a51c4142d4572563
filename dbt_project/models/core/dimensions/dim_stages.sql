-- One row per canonical stage, and one for `unmapped`, which has no order.
select stage_code, cast(stage_order as integer) as stage_order, stage_label as stage_name, is_outreach
from {{ ref("canonical_stages") }}
union all
select 'unmapped' as stage_code, null as stage_order, 'Unmapped' as stage_name, false as is_outreach
