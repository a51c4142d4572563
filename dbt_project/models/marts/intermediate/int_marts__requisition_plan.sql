-- One row per open requisition that a line of the hiring plan covers now.
-- Its own line, else its job family's, else its department's; several of the same reach are added up. The gap of the
-- line is what neither those hired in its period nor the present pipeline of the open requisitions it covers bring;
-- a requisition brings no more than its open seats, and those who fill one and are not yet called hired.
with
    lines as (
        select
            p.*,
            case
                when p.job_key is not null then 'job' when p.job_family is not null then 'job_family' else 'department'
            end as plan_scope_code
        from {{ ref("int_core__plan_lines") }} as p
        cross join {{ ref("run_clock") }} as clock
        where
            p.period_start_on <= {{ local_date("clock.as_of") }}
            and p.period_end_on >= {{ local_date("clock.as_of") }}
            and coalesce(p.job_key, p.job_family, p.department_key) is not null
    ),

    covered as (
        select
            l.plan_line_key, l.plan_scope_code, l.planned_hires, l.period_start_on, l.period_end_on, j.job_key, j.status
        from lines as l
        inner join
            {{ ref("dim_jobs") }} as j
            on (l.job_key is null or l.job_key = j.job_key)
            and (l.job_family is null or l.job_family = j.job_family)
            and (l.department_key is null or l.department_key = j.department_key)
    ),

    seats as (
        select job_key, count(*) as open_count
        from {{ ref("fct_openings") }}
        where is_open and filled_at is null
        group by job_key
    ),

    pipelines as (
        select
            p.job_key,
            least(sum(p.active_count * coalesce(p.chance, 0)), coalesce(max(s.open_count), 0))
            + coalesce(max(h.seated_count), 0) as expected
        from {{ ref("int_marts__job_stage_pace") }} as p
        left join seats as s on p.job_key = s.job_key
        left join {{ ref("int_marts__hires_pending") }} as h on p.job_key = h.job_key
        group by p.job_key
    ),

    hired as (
        select c.plan_line_key, count(*) as hired_count
        from covered as c
        inner join {{ ref("fct_applications") }} as a on c.job_key = a.job_key
        where
            a.status_code = 'hired'
            and {{ local_date("a.accepted_at") }} >= c.period_start_on
            and {{ local_date("a.accepted_at") }} <= c.period_end_on
        group by c.plan_line_key
    ),

    expected as (
        select c.plan_line_key, sum(p.expected) as expected_hires
        from covered as c
        inner join pipelines as p on c.job_key = p.job_key
        group by c.plan_line_key
    ),

    ranked as (
        select
            *,
            rank() over (
                partition by job_key order by case plan_scope_code when 'job' then 1 when 'job_family' then 2 else 3 end
            ) as reach
        from covered
        where status in ('open', 'on_hold')
    )

select
    r.job_key,
    min(r.plan_scope_code) as plan_scope_code,
    max(r.period_end_on) as plan_ends_on,
    cast(sum(r.planned_hires) as bigint) as planned_hires_count,
    cast(sum(coalesce(h.hired_count, 0)) as bigint) as plan_hired_count,
    sum(coalesce(e.expected_hires, 0)) as plan_expected_hires,
    sum(r.planned_hires - coalesce(h.hired_count, 0) - coalesce(e.expected_hires, 0)) as plan_gap
from ranked as r
left join hired as h on r.plan_line_key = h.plan_line_key
left join expected as e on r.plan_line_key = e.plan_line_key
where r.reach = 1
group by r.job_key
