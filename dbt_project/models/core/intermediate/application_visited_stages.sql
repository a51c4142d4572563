-- One row per application and canonical stage it visited (mapped stages only): first entry, sum of its visits, worst
-- quality of their lengths.
-- Time in stage is the sum over visits (metrics.md "Time in stage"); one visit whose end is not known makes the sum
-- unknown.
select
    application_key,
    stage_code,
    stage_order,
    min(entered_at) as entered_at,
    count(*) as visit_count,
    case when count(days_in_stage) = count(*) then sum(days_in_stage) end as days_in_stage,
    max(case duration_quality_code when 'exact' then 1 when 'approximate' then 2 else 3 end) as duration_quality_rank,
    max(case when is_last then 1 else 0 end) = 1 as has_last_visit
from {{ ref("fct_stage_visits") }}
where stage_order is not null
group by application_key, stage_code, stage_order
