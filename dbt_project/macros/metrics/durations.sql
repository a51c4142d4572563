{#-
    The one way to measure how long something took (concepts.md "Order in time"). If either end is a date without time, dates are compared, and
    the same day is 0. What lies in the wrong order has no known length: null, never negative, and counted where it is shown.
-#}
{% macro duration_days(start, end) -%}
    case
        when {{ is_midnight(start) }} or {{ is_midnight(end) }}
        then
            case
                when {{ local_date(end) }} >= {{ local_date(start) }}
                then
                    {{
                        days_between(
                            "cast(" ~ local_date(start) ~ " as timestamp)",
                            "cast(" ~ local_date(end) ~ " as timestamp)",
                        )
                    }}
            end
        when {{ end }} >= {{ start }}
        then {{ days_between(start, end) }}
    end
{%- endmacro %}

{#- Whether both ends are known and in the wrong order: the duration that is null for it. -#}
{% macro is_out_of_order(start, end) -%}
    coalesce({{ end }} < {{ start }} and {{ end }} <> {{ first_instant(local_date(start)) }}, false)
{%- endmacro %}

{#- Days from an instant before as_of up to it: what has not ended is measured so far. -#}
{% macro days_so_far(start) -%} {{ days_between(start, "clock.as_of") }} {%- endmacro %}
