{#-
    Sums and means of doubles that are the same in every run. A sum of doubles depends in its last bits on how many threads added it, and so the content hash
    would (measured at 1 M applications: two builds of the same log gave means 1.6e-14 apart); whole numbers and decimals do not.
-#}
{#- A number up to 900 as a whole one, in steps of 1e-16, to be added up; and the sum as a double. (A decimal is slow to turn into a double.) -#}
{% macro exact(expression) -%} cast(round(({{ expression }}) * 1e16) as bigint) {%- endmacro %}
{% macro from_exact(sum) -%} cast({{ sum }} as double) / 1e16 {%- endmacro %}

{#- Of numbers as small as 1e-12 of interest, in steps of 1e-24. -#}
{% macro exact_sum_of_small(expression) -%}
    cast(sum(cast({{ expression }} as decimal(38, 24))) as double)
{%- endmacro %}

{#- Mean of durations in days, by way of whole microseconds. -#}
{% macro mean_days(days) -%}
    {{ mean_of_microseconds("sum(" ~ microseconds(days) ~ ")", "count(" ~ days ~ ")") }}
{%- endmacro %}
{#- Its parts, for sums that are added up in two steps. -#}
{% macro microseconds(days) -%} cast(round(({{ days }}) * 86400000000.0) as bigint) {%- endmacro %}
{% macro mean_of_microseconds(total, number) -%}
    cast({{ total }} as double) / 86400000000.0 / nullif({{ number }}, 0)
{%- endmacro %}
