{#-
    Mean of durations in days, the same in every run: whole microseconds are added, because a sum of doubles depends in its last bits on how many threads
    added it (measured at 1 M applications: two builds of the same log gave means 1.6e-14 apart, and so another content hash).
-#}
{% macro mean_days(days) -%}
    cast(sum(cast(round(({{ days }}) * 86400000000.0) as bigint)) as double) / 86400000000.0 / count({{ days }})
{%- endmacro %}
