-- One row per visit: a stay of an application in a stage with a real entry time (the rules: int_core__visits_resolved).
-- exit_code says how the visit ended: by the next visit's order, else by the application's own outcome.
select
    {{ key("visit", ["a.source_system", "a.application_id", "t.stage_id", "v.entered_at"]) }} as visit_key,
    a.application_key,
    t.stage_code,
    v.stage_order,
    t.stage_id,
    t.stage_name as source_stage_name,
    t.source_stage_order,
    v.visit_number,
    v.is_last,
    v.entered_at,
    v.exited_at,
    v.is_open,
    case
        when v.is_open
        then 'open'
        when v.next_stage_order > v.stage_order
        then 'advanced'
        when v.next_stage_order < v.stage_order
        then 'moved_back'
        when not v.is_last
        then 'moved'
        when a.status_code <> 'active'
        then a.status_code
        else 'left'
    end as exit_code,
    v.is_exit_reversed,
    v.is_exit_contradicted,
    v.days_in_stage,
    case
        v.duration_quality_rank when 1 then 'exact' when 2 then 'approximate' else 'unknown'
    end as duration_quality_code
from {{ ref("int_core__visits_resolved") }} as v
inner join {{ ref("int_core__application_basis") }} as a on a.application_number = v.application_number
inner join {{ ref("int_core__stage_terms") }} as t on t.term_number = v.term_number
