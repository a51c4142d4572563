{#- Time, per engine. Instants are naive UTC timestamps; dates, months, quarters and weeks are the company's (var time_zone). -#}
{#- Days of 86,400 s between two instants, a double. -#}
{% macro days_between(start, end) -%} {{ dialect("days_between", [start, end]) }} {%- endmacro %}
{% macro duckdb__days_between(start, end) -%}
    (epoch_us({{ end }}) - epoch_us({{ start }})) / 86400000000.0::double
{%- endmacro %}
{% macro spark__days_between(start, end) -%}
    cast(unix_micros({{ end }}) - unix_micros({{ start }}) as double) / 86400000000
{%- endmacro %}

{#- Calendar date of an instant in the company's zone. -#}
{% macro local_date(instant) -%} {{ dialect("local_date", [instant]) }} {%- endmacro %}
{% macro duckdb__local_date(instant) -%}
    {%- if var("time_zone") == "UTC" -%} cast({{ instant }} as date)
    {%- else -%} cast(timezone({{ sql_text(var("time_zone")) }}, timezone('UTC', {{ instant }})) as date)
    {%- endif -%}
{%- endmacro %}
{% macro spark__local_date(instant) -%}
    to_date(from_utc_timestamp({{ instant }}, {{ sql_text(var("time_zone")) }}))
{%- endmacro %}

{#- First instant (UTC) of a calendar date in the company's zone. -#}
{% macro first_instant(day) -%} {{ dialect("first_instant", [day]) }} {%- endmacro %}
{% macro duckdb__first_instant(day) -%}
    {%- if var("time_zone") == "UTC" -%} cast({{ day }} as timestamp)
    {%- else -%} timezone('UTC', timezone({{ sql_text(var("time_zone")) }}, cast({{ day }} as timestamp)))
    {%- endif -%}
{%- endmacro %}
{% macro spark__first_instant(day) -%}
    to_utc_timestamp(cast({{ day }} as timestamp), {{ sql_text(var("time_zone")) }})
{%- endmacro %}

{#- Whether an instant is the first of its day in the company's zone: what a date without time becomes. -#}
{% macro is_midnight(instant) -%} {{ instant }} = {{ first_instant(local_date(instant)) }} {%- endmacro %}

{#- First day of the week (Monday), month or quarter that an instant falls in, in the company's zone. -#}
{% macro period_start(unit, instant) -%} {{ period_start_of_date(unit, local_date(instant)) }} {%- endmacro %}

{#- The same of a calendar date. -#}
{% macro period_start_of_date(unit, day) -%}
    {%- if unit not in ("week", "month", "quarter", "year") -%}
        {{ exceptions.raise_compiler_error("period_start knows week, month, quarter and year, not '" ~ unit ~ "'") }}
    {%- endif -%}
    cast(date_trunc('{{ unit }}', {{ day }}) as date)
{%- endmacro %}

{#- An instant moved by a number of days (of 24 h) or hours; whole or fractional. -#}
{% macro add_hours(instant, hours) -%} {{ dialect("add_hours", [instant, hours]) }} {%- endmacro %}
{% macro duckdb__add_hours(instant, hours) -%}
    {{ instant }} + to_microseconds(cast(({{ hours }}) * 3600000000.0 as bigint))
{%- endmacro %}
{% macro spark__add_hours(instant, hours) -%}
    timestamp_micros(unix_micros({{ instant }}) + cast(({{ hours }}) * 3600000000.0 as bigint))
{%- endmacro %}
{% macro add_days(instant, days) -%} {{ add_hours(instant, "(" ~ days ~ ") * 24") }} {%- endmacro %}

{#- A calendar date moved by whole days or months. -#}
{% macro date_add_days(day, days) -%} {{ dialect("date_add_days", [day, days]) }} {%- endmacro %}
{% macro duckdb__date_add_days(day, days) -%} cast({{ day }} + cast({{ days }} as integer) as date) {%- endmacro %}
{% macro spark__date_add_days(day, days) -%} date_add({{ day }}, cast({{ days }} as int)) {%- endmacro %}
{% macro date_add_months(day, months) -%} {{ dialect("date_add_months", [day, months]) }} {%- endmacro %}
{% macro duckdb__date_add_months(day, months) -%}
    cast({{ day }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}
{% macro spark__date_add_months(day, months) -%} add_months({{ day }}, cast({{ months }} as int)) {%- endmacro %}

{#- A date as text: '2026-03' or '2026-03-01'. -#}
{% macro month_text(day) -%} substr(cast({{ day }} as {{ text_type() }}), 1, 7) {%- endmacro %}
