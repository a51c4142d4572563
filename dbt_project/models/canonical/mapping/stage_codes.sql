-- One row per stage of a source: its canonical stage at as_of.
select p.source_system, p.stage_id, p.stage_name, p.source_stage_order, p.stage_code, p.matched_by
from {{ ref("stage_code_periods") }} as p
cross join {{ ref("run_clock") }} as clock
where p.job_id is null and {{ holds_at_as_of("p") }}
