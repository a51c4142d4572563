-- One row per application: the highest canonical stage it ever entered (concepts.md "Furthest").
-- Hired if and only if its outcome is hired, wherever that was recorded: a visit to a stage mapped to hired does not
-- make a hire. Whoever is not a prospect entered applied; a prospect's furthest is what it visited, else prospect.
with
    named_orders as (
        select
            max(case when stage_code = 'hired' then stage_order end) as hired_order,
            max(case when stage_code = 'applied' then stage_order end) as applied_order,
            max(case when stage_code = 'prospect' then stage_order end) as prospect_order
        from {{ ref("dim_stages") }}
    ),
    visited as (
        select
            v.application_number,
            max(case when v.stage_order <> n.hired_order then v.stage_order end) as highest_order,
            min(case when v.stage_order = n.applied_order then v.entered_at end) as applied_visit_at
        from {{ ref("int_core__application_visited_stages") }} as v
        cross join named_orders as n
        group by v.application_number
    )

select
    a.application_number,
    case
        when a.status_code = 'hired'
        then n.hired_order
        when a.is_prospect
        then coalesce(v.highest_order, n.prospect_order)
        when v.highest_order > n.applied_order
        then v.highest_order
        else n.applied_order
    end as furthest_stage_order,
    case
        when a.is_prospect
        then null
        when v.applied_visit_at < a.applied_at or a.applied_at is null
        then v.applied_visit_at
        else a.applied_at
    end as applied_entry_at
from {{ ref("int_core__application_basis") }} as a
cross join named_orders as n
left join visited as v on v.application_number = a.application_number
