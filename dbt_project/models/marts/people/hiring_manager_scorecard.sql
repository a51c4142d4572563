-- One row per hiring manager x stage that managers decide (seed stage_deciders) or where they owed an answer, and one
-- over all of them (stage_code null, stage_scope_code all).
-- The trailing 12 months. Responsiveness is what the manager answered (int_marts__manager_waits): medians by the clock,
-- breaches in business hours as breached / (met + breached + open past due). Selectivity compares who passed at the
-- manager's stages with the resolved rate of the same stage in the same department, the manager included
-- (macros/metrics/selectivity.sql); it is hidden under selectivity_minimum decided candidates.
with
    manager_stages as (
        select s.stage_code, s.stage_order
        from {{ ref("dim_stages") }} as s
        inner join {{ ref("stage_deciders") }} as d on s.stage_code = d.stage_code
        where d.decider_role = 'hiring_manager'
    ),

    decided as (
        select
            o.hiring_manager_slice,
            o.department_slice,
            m.stage_code,
            {{ count_where("o.outcome_number = 1") }} as passed_count,
            count(*) as n_count
        from {{ ref("int_marts__stage_observations") }} as o
        inner join manager_stages as m on o.stage_order = m.stage_order
        where o.is_trailing and o.outcome_number in (1, 2, 3)
        group by o.hiring_manager_slice, o.department_slice, m.stage_code
    ),

    department_rates as (
        select department_slice, stage_code, cast(sum(passed_count) as double) / sum(n_count) as passed_rate
        from decided
        group by department_slice, stage_code
    ),

    expectations as (
        select
            slice.slice_key as hiring_manager_key,
            d.stage_code,
            d.passed_count,
            d.n_count,
            d.n_count * r.passed_rate as e
        from decided as d
        inner join department_rates as r on d.department_slice = r.department_slice and d.stage_code = r.stage_code
        inner join {{ ref("int_marts__slices") }} as slice on d.hiring_manager_slice = slice.slice_id
        where slice.slice_key not in ('none', 'unknown')
    ),

    cells as (
        select
            stage_code as group_no,
            hiring_manager_key,
            cast(sum(n_count) as bigint) as n_count,
            cast(sum(passed_count) as double) as passed_count,
            sum(e) as expected
        from expectations
        group by stage_code, hiring_manager_key
        union all
        select 'all', hiring_manager_key, cast(sum(n_count) as bigint), cast(sum(passed_count) as double), sum(e)
        from expectations
        group by hiring_manager_key
    ),

    compared as ({{ selectivity("cells", ["hiring_manager_key"]) }}),

    both_scopes as (
        select stage_code as scope, w.*
        from {{ ref("int_marts__manager_waits") }} as w
        union all
        select 'all', w.*
        from {{ ref("int_marts__manager_waits") }} as w
    ),

    answered as (
        select
            hiring_manager_key,
            scope
            {%- for wait in ["review", "feedback", "decision"] %}
                ,
                {{ count_where("wait_code = '" ~ wait ~ "'") }} as {{ wait }}_count,
                {{ median("case when wait_code = '" ~ wait ~ "' then hours end") }} as {{ wait }}_hours_median
            {%- endfor %},
            count(is_breached) as sla_judged_count,
            {{ count_where("is_breached") }} as sla_breached_count
        from both_scopes
        group by hiring_manager_key, scope
    ),

    rows_of_both as (
        select hiring_manager_key, group_no as scope
        from compared
        union
        select hiring_manager_key, scope
        from answered
    )

select
    r.hiring_manager_key,
    r.scope as stage_scope_code,
    case when r.scope <> 'all' then r.scope end as stage_code,
    {%- for wait in ["review", "feedback", "decision"] %}
        coalesce(a.{{ wait }}_count, 0) as {{ wait }}_count, a.{{ wait }}_hours_median,
    {%- endfor %}
    coalesce(a.sla_judged_count, 0) as sla_judged_count,
    coalesce(a.sla_breached_count, 0) as sla_breached_count,
    {{ rate_columns("sla_breach_rate", "a.sla_breached_count", "a.sla_judged_count") }},
    coalesce(c.n_count, 0) as n_count,
    {%- for column in ["selectivity_ratio", "selectivity_ratio_low", "selectivity_ratio_high"] %}
        case when c.n_count >= {{ var("selectivity_minimum") }} then c.{{ column }} end as {{ column }},
    {%- endfor %}
    clock.as_of
from rows_of_both as r
left join compared as c on r.hiring_manager_key = c.hiring_manager_key and r.scope = c.group_no
left join answered as a on r.hiring_manager_key = a.hiring_manager_key and r.scope = a.scope
cross join {{ ref("run_clock") }} as clock
