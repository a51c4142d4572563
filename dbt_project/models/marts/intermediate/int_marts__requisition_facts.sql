-- One row per open requisition (status open or on hold, no templates and pools): what its health is judged by.
-- days_to_fill is when the present pipeline has brought the open seats (rounded, as the classic forecast rounds):
-- stages are worked off from the nearest to the hire, each with its active candidates x chance
-- (int_marts__job_stage_pace); null where it does not bring them. usual_days_to_fill needs three filled openings of the
-- family, else of the department.
with
    requisitions as (
        select j.*, coalesce(j.reopened_at, j.opened_at) as present_opened_at, clock.as_of
        from {{ ref("dim_jobs") }} as j
        cross join {{ ref("run_clock") }} as clock
        where j.status in ('open', 'on_hold') and j.job_class = 'role'
    ),

    seats as (
        select
            job_key,
            count(*) as seats_count,
            {{ count_where("is_open and filled_at is null") }} as open_count,
            {{ count_where("filled_at is not null") }} as filled_count,
            min(opened_at) as first_opened_at,
            min(case when is_open and filled_at is null then opened_at end) as open_since_at,
            min(case when is_open and filled_at is null then target_start_on end) as target_start_on
        from {{ ref("fct_openings") }}
        group by job_key
    ),

    holds as (
        select
            h.job_key,
            sum(
                {{
                    days_between(
                        "case when h.held_at > r.present_opened_at then h.held_at else r.present_opened_at end",
                        "h.released_at",
                    )
                }}
            ) as hold_days,
            max(case when h.released_at >= r.as_of then h.held_at end) as held_at
        from {{ ref("int_core__job_hold_stretches") }} as h
        inner join requisitions as r on h.job_key = r.job_key and h.released_at > r.present_opened_at
        group by h.job_key
    ),

    offers as (
        select job_key, count(*) as offers_open_count
        from {{ ref("fct_offers") }}
        where status_code = 'open'
        group by job_key
    ),

    cards as (
        select job_key, count(*) as active_count, {{ count_where("is_overdue") }} as overdue_count
        from {{ ref("pipeline_board") }}
        group by job_key
    ),

    worked_off as (
        select
            job_key,
            days_to_hire,
            max(days_to_hire) over (partition by job_key) as process_days,
            sum(active_count * coalesce(chance, 0)) over (
                partition by job_key order by days_to_hire, stage_order desc
            ) as hires_by_then
        from {{ ref("int_marts__job_stage_pace") }}
    ),

    pipelines as (
        select
            w.job_key,
            max(w.hires_by_then) as expected_hires,
            max(w.process_days) as process_days,
            min(case when w.hires_by_then >= s.open_count - 0.5 then w.days_to_hire end) as days_to_fill
        from worked_off as w
        left join seats as s on w.job_key = s.job_key
        group by w.job_key
    ),

    fills as (
        select o.days_to_fill, j.job_family, coalesce(j.department_key, 'none') as department_key
        from {{ ref("fct_openings") }} as o
        inner join {{ ref("dim_jobs") }} as j on o.job_key = j.job_key
        where o.days_to_fill is not null
    ),

    of_families as (
        select job_family, {{ median("days_to_fill") }} as usual_days
        from fills
        group by job_family
        having count(*) >= 3
    ),

    of_departments as (
        select department_key, {{ median("days_to_fill") }} as usual_days
        from fills
        group by department_key
        having count(*) >= 3
    ),

    of_company as (select {{ median("days_to_fill") }} as usual_days from fills)

select
    r.job_key,
    r.status,
    r.recruiter_key,
    r.hiring_manager_key,
    r.department_key,
    r.as_of,
    coalesce(r.opened_at, s.first_opened_at) as opened_at,
    coalesce(r.present_opened_at, s.first_opened_at) as present_opened_at,
    coalesce({{ duration_days("r.previous_closed_at", "r.reopened_at") }}, 0) as days_closed,
    coalesce(s.open_since_at, r.present_opened_at) as open_since_at,
    coalesce(h.hold_days, 0) as hold_days,
    h.held_at,
    coalesce(s.seats_count, 0) as seats_count,
    coalesce(s.open_count, 0) as open_count,
    coalesce(s.filled_count, 0) as filled_count,
    coalesce(c.active_count, 0) as active_count,
    coalesce(c.overdue_count, 0) as overdue_count,
    coalesce(o.offers_open_count, 0) as offers_open_count,
    s.target_start_on,
    coalesce(
        {{ date_add_days("s.target_start_on", "-" ~ var("start_notice_days")) }},
        case when p.plan_scope_code = 'job' then p.plan_ends_on end
    ) as target_fill_on,
    coalesce(w.expected_hires, 0) as expected_hires,
    w.process_days,
    w.days_to_fill,
    coalesce(f.usual_days, d.usual_days, k.usual_days) as usual_days_to_fill,
    p.plan_scope_code,
    p.planned_hires_count,
    p.plan_hired_count,
    p.plan_expected_hires,
    p.plan_gap
from requisitions as r
left join seats as s on r.job_key = s.job_key
left join holds as h on r.job_key = h.job_key
left join offers as o on r.job_key = o.job_key
left join cards as c on r.job_key = c.job_key
left join pipelines as w on r.job_key = w.job_key
left join {{ ref("int_marts__requisition_plan") }} as p on r.job_key = p.job_key
left join of_families as f on r.job_family = f.job_family
left join of_departments as d on coalesce(r.department_key, 'none') = d.department_key
cross join of_company as k
