-- One row per application and canonical stage it visited (mapped stages only): first entry, sum of its visits, worst
-- quality of their lengths.
-- Time in stage is the sum over visits (concepts.md "Time in stage"); one visit whose end is not known makes the sum
-- unknown. A stage that the source says was reached, without an entry time, is here without visits; which canonical
-- stage it is, the mapping says at as_of.
with
    stays as (
        select application_number, stage_order, entered_at, days_in_stage, duration_quality_rank, is_last
        from {{ ref("int_core__visits_resolved") }}
        where stage_order is not null
        union all
        select
            a.application_number,
            case when j.term_number is not null then j.stage_order else g.stage_order end,
            null,
            null,
            3,
            false
        from {{ ref("stage_visits") }} as v
        cross join {{ ref("run_clock") }} as clock
        inner join
            {{ ref("int_core__application_basis") }} as a
            on a.source_system = v.source_system
            and a.application_id = v.application_id
        left join
            {{ ref("int_core__stage_terms") }} as g
            on g.job_id is null
            and g.source_system = v.source_system
            and g.stage_id = v.stage_id
            and {{ holds_at_as_of("g") }}
        left join
            {{ ref("int_core__stage_terms") }} as j
            on j.job_id = a.job_id
            and j.source_system = v.source_system
            and j.stage_id = v.stage_id
            and {{ holds_at_as_of("j") }}
        where
            v.entered_at is null
            and v.is_reached
            and case when j.term_number is not null then j.stage_order else g.stage_order end is not null
    )

select
    application_number,
    stage_order,
    min(entered_at) as entered_at,
    cast(count(entered_at) as integer) as visit_count,
    case when count(days_in_stage) = count(entered_at) then sum(days_in_stage) end as days_in_stage,
    cast(
        coalesce(max(case when entered_at is not null then duration_quality_rank end), 3) as smallint
    ) as duration_quality_rank,
    max(case when is_last then 1 else 0 end) = 1 as has_last_visit
from stays
group by application_number, stage_order
