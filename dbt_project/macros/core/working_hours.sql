{#-
    Business hours of the company's calendar that lie before an instant, counted from the calendar's first day: the difference of two is the
    business time between them (concepts.md "SLA"). `day` is the alias of a dim_dates row joined on the instant's local date. A working day runs
    from var work_start_hour to var work_end_hour, local time.
-#}
{% macro working_hours_before(instant, day) -%}
    (
        {{ day }}.working_days_before * {{ working_day_hours() }} + case
            when not {{ day }}.is_working_day
            then 0
            when {{ _hour_of_day(instant, day) }} <= {{ var("work_start_hour", 9) }}
            then 0
            when {{ _hour_of_day(instant, day) }} >= {{ var("work_end_hour", 17) }}
            then {{ working_day_hours() }}
            else {{ _hour_of_day(instant, day) }} - {{ var("work_start_hour", 9) }}
        end
    )
{%- endmacro %}

{#- Business hours of one working day. -#}
{% macro working_day_hours() -%} {{ var("work_end_hour", 17) - var("work_start_hour", 9) }} {%- endmacro %}

{#- Hours since the local day began; a day on which clocks change is off by that hour after the change. -#}
{% macro _hour_of_day(instant, day) -%}
    {{ days_between(first_instant(day ~ ".date_on"), instant) }} * 24
{%- endmacro %}
