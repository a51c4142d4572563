-- One row per day from 2000-01-01 to the end of the year after as_of; the company's calendar of working days.
{%- set weekdays = var("working_weekdays", [1, 2, 3, 4, 5]) %}
{%- set holidays = var("holidays", []) %}
with
    digits as (
        {% for digit in range(10) %}
            select {{ digit }} as digit
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    numbers as (
        select a.digit + 10 * b.digit + 100 * c.digit + 1000 * d.digit + 10000 * e.digit as number
        from digits as a
        cross join digits as b
        cross join digits as c
        cross join digits as d
        cross join (select digit from digits where digit < 5) as e
    ),
    days as (select {{ date_add_days("cast('2000-01-01' as date)", "number") }} as date_on, number from numbers),
    calendar as (
        select
            d.date_on,
            cast(d.number % 7 as integer) as days_after_saturday,
            cast(extract(year from d.date_on) as integer) as year_number
        from days as d
        cross join {{ ref("run_clock") }} as clock
        where extract(year from d.date_on) <= extract(year from clock.as_of) + 1
    ),
    weekdays as (
        -- 2000-01-01 was a Saturday
        select date_on, year_number, cast((days_after_saturday + 5) % 7 + 1 as integer) as iso_weekday from calendar
    ),
    working as (
        select
            *,
            iso_weekday in ({{ weekdays | join(", ") }})
            {%- if holidays %}
                and date_on
                not in ({%- for day in holidays %}cast('{{ day }}' as date){{ "," if not loop.last }} {% endfor -%})
            {%- endif %} as is_working_day
        from weekdays
    )

select
    date_on,
    {{ period_start_of_date("week", "date_on") }} as week_on,
    {{ period_start_of_date("month", "date_on") }} as month_on,
    {{ period_start_of_date("quarter", "date_on") }} as quarter_on,
    year_number,
    iso_weekday,
    is_working_day,
    cast(
        coalesce(
            sum(case when is_working_day then 1 else 0 end) over (
                order by date_on rows between unbounded preceding and 1 preceding
            ),
            0
        ) as integer
    ) as working_days_before
from working
