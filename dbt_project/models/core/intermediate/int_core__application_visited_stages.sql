-- One row per application and canonical stage it visited (mapped stages only): first entry, sum of its visits, worst
-- quality of their lengths.
-- Time in stage is the sum over visits (concepts.md "Time in stage"); one visit whose end is not known makes the sum
-- unknown.
select
    application_number,
    stage_order,
    min(entered_at) as entered_at,
    cast(count(*) as integer) as visit_count,
    case when count(days_in_stage) = count(*) then sum(days_in_stage) end as days_in_stage,
    max(duration_quality_rank) as duration_quality_rank,
    max(case when is_last then 1 else 0 end) = 1 as has_last_visit
from {{ ref("int_core__visits_resolved") }}
where stage_order is not null
group by application_number, stage_order
