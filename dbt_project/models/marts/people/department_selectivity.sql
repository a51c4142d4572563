-- One row per department x stage at which somebody of it was decided on in the trailing 12 months.
-- Who passed the stage in the department against the company's resolved rate of the same stage
-- (macros/metrics/selectivity.sql); below 1 is more selective. Hidden under selectivity_minimum decided candidates.
with
    decided as (
        select
            stage_order, department_slice, {{ count_where("outcome_number = 1") }} as passed_count, count(*) as n_count
        from {{ ref("int_marts__stage_observations") }}
        where is_trailing and outcome_number in (1, 2, 3)
        group by stage_order, department_slice
    ),

    company_rates as (
        select stage_order, cast(sum(passed_count) as double) / sum(n_count) as passed_rate
        from decided
        group by stage_order
    ),

    cells as (
        select
            d.stage_order as group_no,
            d.department_slice,
            d.n_count,
            cast(d.passed_count as double) as passed_count,
            d.n_count * r.passed_rate as expected
        from decided as d
        inner join company_rates as r on d.stage_order = r.stage_order
    ),

    compared as ({{ selectivity("cells", ["department_slice"]) }})

select
    slice.slice_key as department_key,
    slice.slice_name as department_name,
    stage.stage_code,
    stage.stage_order,
    c.n_count,
    cast(c.passed_count as bigint) as passed_count,
    c.expected as expected_passed,
    {%- for column in ["selectivity_ratio", "selectivity_ratio_low", "selectivity_ratio_high"] %}
        case when c.n_count >= {{ var("selectivity_minimum") }} then c.{{ column }} end as {{ column }},
    {%- endfor %}
    clock.as_of
from compared as c
inner join {{ ref("int_marts__slices") }} as slice on c.department_slice = slice.slice_id
inner join {{ ref("dim_stages") }} as stage on c.group_no = stage.stage_order
cross join {{ ref("run_clock") }} as clock
