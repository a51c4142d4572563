{#- The run's clocks as scalar expressions; staging/run/run_clock.sql holds the one row. -#}
{% macro as_of() -%} (select as_of from {{ ref("run_clock") }}) {%- endmacro %}
