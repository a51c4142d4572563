-- One row per quarter of application x slice x source of candidates.
-- A cohort: applications_count people entered the process in the quarter, hires_count of them were hired so far, so
-- that hires per 100 applications compares like with like. hired_in_period_count is the activity beside it: hires
-- accepted in the quarter, whenever they applied.
with
    applications as (
        select
            {{ slice_columns("s") }},
            a.source_key,
            {{ period_start("quarter", "a.applied_at") }} as applied_quarter,
            case when a.status_code = 'hired' then {{ period_start("quarter", "a.accepted_at") }} end as hired_quarter,
            a.status_code = 'hired' as is_hired
        from {{ ref("fct_applications") }} as a
        inner join {{ ref("int_marts__application_slices") }} as s on a.application_key = s.application_key
        where not a.is_prospect
    ),

    counted as (
        select
            {{ slice_columns("a") }},
            a.source_slice as source_id,
            a.applied_quarter as quarter,
            count(*) as applications_count,
            {{ count_where("is_hired") }} as hires_count,
            0 as hired_in_period_count
        from applications as a
        where a.applied_quarter is not null
        group by {{ slice_columns("a") }}, a.applied_quarter
        union all
        select {{ slice_columns("a") }}, a.source_slice as source_id, a.hired_quarter as quarter, 0, 0, count(*)
        from applications as a
        where a.hired_quarter is not null
        group by {{ slice_columns("a") }}, a.hired_quarter
    ),

    exploded as (
        {{
            explode_slices(
                "counted",
                ["source_id", "quarter", "applications_count", "hires_count", "hired_in_period_count"],
            )
        }}
    ),

    summed as (
        select
            slice_id,
            source_id,
            quarter,
            cast(sum(applications_count) as bigint) as applications_count,
            cast(sum(hires_count) as bigint) as hires_count,
            cast(sum(hired_in_period_count) as bigint) as hired_in_period_count
        from exploded
        group by slice_id, source_id, quarter
    ),

    shared as (select *, sum(hires_count) over (partition by slice_id, quarter) as slice_hires_count from summed)

select
    s.quarter,
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    source.slice_key as source_key,
    source.slice_name as source_name,
    coalesce(d.channel_code, 'unknown') as channel_code,
    s.applications_count,
    s.hires_count,
    {{ rate_columns("hire_share_rate", "s.hires_count", "s.slice_hires_count") }},
    100 * {{ rate("s.hires_count", "s.applications_count") }} as hires_per_100_applications,
    s.hired_in_period_count,
    clock.as_of
from shared as s
inner join {{ ref("int_marts__slices") }} as slice on s.slice_id = slice.slice_id
inner join {{ ref("int_marts__slices") }} as source on s.source_id = source.slice_id
left join {{ ref("dim_sources") }} as d on source.slice_key = d.source_key
cross join {{ ref("run_clock") }} as clock
