-- One row per open requisition x stage with candidates in the trailing 12 months or in it now.
-- Where candidates fall out and where they are stuck, against the same stage of the requisition's department (itself
-- included): the projected rate, the Kaplan-Meier median, and who waits in the stage longer than nine in ten of the
-- department do (of the company, where the department cannot tell). One unit makes the two comparable: candidates.
-- lost_count are those that the department's rate would have passed on; stuck_count those held up. rank 1 is the
-- worst of the requisition by their sum, then by the longer delay, then by the later stage. A rate of fewer than
-- selectivity_minimum candidates is not compared.
with
    requisitions as (
        select job_key, coalesce(department_key, 'none') as department_key
        from {{ ref("dim_jobs") }}
        where status in ('open', 'on_hold') and job_class = 'role'
    ),

    rates as (
        select slice_type, slice_key, stage_code, reached_count, advanced_count, adjusted_rate
        from {{ ref("funnel_passthrough") }}
        where cohort_code = 'trailing_12m' and slice_type in ('job', 'department') and stage_code <> 'hired'
    ),

    times as (
        select slice_type, slice_key, stage_code, median_days, p90_days
        from {{ ref("time_in_stage") }}
        where slice_type in ('job', 'department', 'company')
    ),

    waiting as (
        select
            a.job_key,
            a.current_stage_code as stage_code,
            case
                when a.is_unplaced
                then null
                else {{ days_so_far("coalesce(a.current_stage_entered_at, a.applied_at)") }}
            end as days_waiting,
            coalesce(d.p90_days, c.p90_days) as usual_days
        from {{ ref("fct_applications") }} as a
        inner join requisitions as r on a.job_key = r.job_key
        cross join {{ ref("run_clock") }} as clock
        left join
            times as d
            on d.slice_type = 'department'
            and d.slice_key = r.department_key
            and d.stage_code = a.current_stage_code
        left join times as c on c.slice_type = 'company' and c.stage_code = a.current_stage_code
        where a.status_code = 'active' and not a.is_prospect
    ),

    held_up as (
        select
            job_key,
            stage_code,
            count(*) as waiting_count,
            {{ count_where("days_waiting > usual_days") }} as stuck_count,
            max(days_waiting) as longest_wait_days
        from waiting
        group by job_key, stage_code
    ),

    places as (
        select r.job_key, r.department_key, p.stage_code
        from requisitions as r
        inner join rates as p on p.slice_type = 'job' and p.slice_key = r.job_key
        union
        select r.job_key, r.department_key, h.stage_code
        from requisitions as r
        inner join held_up as h on r.job_key = h.job_key
    ),

    compared as (
        select
            p.job_key,
            p.stage_code,
            s.stage_order,
            coalesce(h.waiting_count, 0) as waiting_count,
            coalesce(h.stuck_count, 0) as stuck_count,
            h.longest_wait_days,
            coalesce(own.reached_count, 0) as reached_count,
            coalesce(own.advanced_count, 0) as advanced_count,
            own.adjusted_rate,
            department.adjusted_rate as department_adjusted_rate,
            case
                when own.reached_count >= {{ var("selectivity_minimum") }}
                then own.adjusted_rate - department.adjusted_rate
            end as passthrough_gap,
            t.median_days,
            d.median_days as department_median_days,
            t.median_days - d.median_days as time_gap_days
        from places as p
        inner join {{ ref("dim_stages") }} as s on p.stage_code = s.stage_code
        left join held_up as h on p.job_key = h.job_key and p.stage_code = h.stage_code
        left join rates as own on own.slice_type = 'job' and own.slice_key = p.job_key and own.stage_code = p.stage_code
        left join
            rates as department
            on department.slice_type = 'department'
            and department.slice_key = p.department_key
            and department.stage_code = p.stage_code
        left join times as t on t.slice_type = 'job' and t.slice_key = p.job_key and t.stage_code = p.stage_code
        left join
            times as d on d.slice_type = 'department' and d.slice_key = p.department_key and d.stage_code = p.stage_code
    ),

    weighed as (
        select
            *, case when passthrough_gap < 0 then - passthrough_gap * reached_count else 0.0 end as lost_count_unrounded
        from compared
    ),

    ranked as (
        select
            *,
            {{ half_up("lost_count_unrounded") }} as lost_count,
            row_number() over (
                partition by job_key
                order by
                    lost_count_unrounded + stuck_count desc, time_gap_days desc nulls last, stage_order desc nulls last
            ) as place
        from weighed
    )

select
    r.job_key,
    r.stage_code,
    r.stage_order,
    r.waiting_count,
    r.stuck_count,
    r.longest_wait_days,
    r.reached_count,
    r.advanced_count,
    r.adjusted_rate,
    r.department_adjusted_rate,
    r.passthrough_gap,
    r.lost_count,
    r.median_days,
    r.department_median_days,
    r.time_gap_days,
    cast(r.place as integer) as rank,
    case
        when r.lost_count_unrounded >= 0.5 and r.lost_count_unrounded >= r.stuck_count
        then 'falls_out'
        when r.stuck_count > 0
        then 'stuck'
        when r.time_gap_days > 0
        then 'slow'
        else 'none'
    end as reason_code,
    case
        when r.lost_count_unrounded >= 0.5 and r.lost_count_unrounded >= r.stuck_count
        then
            cast(r.advanced_count as {{ text_type() }})
            || ' of '
            || cast(r.reached_count as {{ text_type() }})
            || ' advanced so far; at the rate of the department '
            || cast(r.lost_count as {{ text_type() }})
            || ' more would'
        when r.stuck_count > 0
        then
            cast(r.stuck_count as {{ text_type() }})
            || ' of '
            || cast(r.waiting_count as {{ text_type() }})
            || ' waiting are here longer than nine in ten of the department stay'
        when r.time_gap_days > 0
        then
            'Half leave after '
            || cast({{ half_up("r.median_days") }} as {{ text_type() }})
            || ' days, '
            || cast({{ half_up("r.department_median_days") }} as {{ text_type() }})
            || ' in the department'
        else 'Like the department'
    end as reason,
    clock.as_of
from ranked as r
cross join {{ ref("run_clock") }} as clock
