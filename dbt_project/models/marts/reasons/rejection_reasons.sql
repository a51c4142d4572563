-- One row per quarter of the rejection x slice x stage x reason.
-- Why the company ended applications, by the furthest stage they reached, so a slice's counts are its rejected_count in
-- the funnel. A candidate's own reason never stands here: where a rejected application carries one, or a neutral one,
-- the row says not_the_companys; no reason at all is unknown. An end without a time is in no quarter.
with
    rejected as (
        select
            application_key,
            furthest_stage_order,
            {{ period_start("quarter", "closed_at") }} as quarter,
            case
                when close_direction_code <> 'company'
                then 'not_the_companys'
                when close_reason_source_name is null
                then 'unknown'
                else close_reason_code
            end as close_reason_code,
            close_reason_source_name
        from {{ ref("fct_applications") }}
        where status_code = 'rejected' and not is_prospect and closed_at is not null
    ),

    reasons as (
        select
            cast(row_number() over (order by close_reason_code) as integer) as reason_number,
            close_reason_code,
            case
                close_reason_code
                when 'unknown'
                then 'No reason'
                when 'not_the_companys'
                then 'A reason that is not the company''s'
                else min(close_reason_source_name)
            end as close_reason_name
        from rejected
        group by close_reason_code
    ),

    counted as (
        select
            {{ slice_columns("s") }},
            a.quarter,
            a.furthest_stage_order as stage_order,
            r.reason_number,
            count(*) as rejected_count
        from rejected as a
        inner join {{ ref("int_marts__application_slices") }} as s on a.application_key = s.application_key
        inner join reasons as r on a.close_reason_code = r.close_reason_code
        group by {{ slice_columns("s") }}, a.quarter, a.furthest_stage_order, r.reason_number
    ),

    exploded as ({{ explode_slices("counted", ["quarter", "stage_order", "reason_number", "rejected_count"]) }}),

    summed as (
        select slice_id, quarter, stage_order, reason_number, cast(sum(rejected_count) as bigint) as rejected_count
        from exploded
        group by slice_id, quarter, stage_order, reason_number
    )

select
    e.quarter,
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    stage.stage_code,
    stage.stage_order,
    r.close_reason_code,
    r.close_reason_name,
    e.rejected_count,
    clock.as_of
from summed as e
inner join {{ ref("int_marts__slices") }} as slice on e.slice_id = slice.slice_id
inner join {{ ref("dim_stages") }} as stage on e.stage_order = stage.stage_order
inner join reasons as r on e.reason_number = r.reason_number
cross join {{ ref("run_clock") }} as clock
