-- One row per quarter x department with an open position, a hire or a headcount.
-- What kind of positions the company fills: by level, the seats open at the end of the quarter (at as_of in the last),
-- the hires accepted in it, and the people employed in its last month where a source says. Positions without a known
-- level are counted apart, never spread.
{%- set levels = ["entry", "mid", "senior", "leadership"] %}
with
    quarters as (
        select distinct d.quarter_on as quarter, {{ date_add_months("d.quarter_on", 3) }} as next_quarter
        from {{ ref("dim_dates") }} as d
        cross join {{ ref("run_clock") }} as clock
        where d.date_on <= {{ local_date("clock.as_of") }}
    ),

    jobs as (
        select
            job_key,
            coalesce(department_key, 'none') as department_key,
            coalesce(
                case when job_level_code in ('{{ levels | join("', '") }}') then job_level_code end, 'unknown'
            ) as level_code
        from {{ ref("dim_jobs") }}
        where job_class = 'role'
    ),

    seats as (
        select q.quarter, j.department_key, j.level_code, 'open' as kind, count(*) as positions
        from {{ ref("fct_openings") }} as o
        inner join jobs as j on o.job_key = j.job_key
        inner join
            quarters as q
            on {{ local_date("o.opened_at") }} < q.next_quarter
            and (o.closed_at is null or {{ local_date("o.closed_at") }} >= q.next_quarter)
            and (o.filled_at is null or {{ local_date("o.filled_at") }} >= q.next_quarter)
        group by q.quarter, j.department_key, j.level_code
    ),

    hires as (
        select
            {{ period_start("quarter", "a.accepted_at") }} as quarter,
            j.department_key,
            j.level_code,
            'hired' as kind,
            count(*) as positions
        from {{ ref("fct_applications") }} as a
        inner join jobs as j on a.job_key = j.job_key
        where a.status_code = 'hired' and a.accepted_at is not null
        group by {{ period_start("quarter", "a.accepted_at") }}, j.department_key, j.level_code
    ),

    months as (
        select
            *,
            {{ period_start_of_date("quarter", "month") }} as quarter,
            max(month) over (partition by {{ period_start_of_date("quarter", "month") }}) as last_month
        from {{ ref("int_core__headcount_months") }}
    ),

    employed as (
        select
            m.quarter,
            coalesce(m.department_key, 'none') as department_key,
            coalesce(
                case when m.job_level_code in ('{{ levels | join("', '") }}') then m.job_level_code end, 'unknown'
            ) as level_code,
            'employed' as kind,
            m.headcount as positions
        from months as m
        inner join quarters as q on m.quarter = q.quarter
        where m.month = m.last_month
    ),

    positions as (
        select *
        from seats
        union all
        select *
        from hires
        union all
        select *
        from employed
    ),

    counted as (
        select
            quarter,
            department_key
            {%- for level in levels + ["unknown"] %}
                {%- for kind, name in {"open": "open_count", "hired": "hired_count"}.items() %}
                    ,
                    cast(
                        coalesce(
                            sum(case when level_code = '{{ level }}' and kind = '{{ kind }}' then positions end), 0
                        ) as bigint
                    ) as {{ level }}_{{ name }}
                {%- endfor %},
                cast(
                    sum(case when level_code = '{{ level }}' and kind = 'employed' then positions end) as bigint
                ) as {{ level }}_headcount
            {%- endfor %}
        from positions
        group by quarter, department_key
    )

select
    c.quarter,
    c.department_key,
    case
        when c.department_key = 'none' then 'Not recorded' else coalesce(d.department_name, 'Unknown (id not found)')
    end as department_name
    {%- for level in levels + ["unknown"] %}
        , c.{{ level }}_open_count, c.{{ level }}_hired_count, c.{{ level }}_headcount
    {%- endfor %},
    {{
        rate(
            "(c.entry_open_count + c.entry_hired_count)",
            "(c.leadership_open_count + c.leadership_hired_count)",
        )
    }} as entry_per_leadership,
    clock.as_of
from counted as c
left join {{ ref("dim_departments") }} as d on c.department_key = d.department_key
cross join {{ ref("run_clock") }} as clock
