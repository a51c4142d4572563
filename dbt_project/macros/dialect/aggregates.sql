{#- Aggregates that engines spell differently. -#}
{#- Exact (interpolated) median and quantile. -#}
{% macro median(expression) -%} {{ quantile(expression, 0.5) }} {%- endmacro %}
{% macro quantile(expression, share) -%} {{ dialect("quantile", [expression, share]) }} {%- endmacro %}
{% macro duckdb__quantile(expression, share) -%} quantile_cont({{ expression }}, {{ share }}) {%- endmacro %}
{% macro spark__quantile(expression, share) -%} percentile({{ expression }}, {{ share }}) {%- endmacro %}

{#- Texts of the group joined by ', ', ordered by `order` (an expression of the row; the text itself by default). -#}
{% macro string_list(expression, order=none, separator=", ") -%}
    {{ dialect("string_list", [expression, order or expression, separator]) }}
{%- endmacro %}
{% macro duckdb__string_list(expression, order, separator) -%}
    string_agg({{ expression }}, '{{ separator }}' order by {{ order }})
{%- endmacro %}
{% macro spark__string_list(expression, order, separator) -%}
    array_join(
        transform(array_sort(collect_list(struct({{ order }} as o, {{ expression }} as t))), x -> x.t),
        '{{ separator }}'
    )
{%- endmacro %}

{#- True if any (every) row of the group is; null rows do not count; null for a group of nulls. -#}
{% macro any_true(expression) -%} {{ dialect("any_true", [expression]) }} {%- endmacro %}
{% macro default__any_true(expression) -%} bool_or({{ expression }}) {%- endmacro %}
{% macro every_true(expression) -%} {{ dialect("every_true", [expression]) }} {%- endmacro %}
{% macro default__every_true(expression) -%} bool_and({{ expression }}) {%- endmacro %}

{#- Value of `expression` in the row with the largest (smallest) `order`; use a total order. -#}
{% macro at_max(expression, order) -%} {{ dialect("at_max", [expression, order]) }} {%- endmacro %}
{% macro duckdb__at_max(expression, order) -%} arg_max({{ expression }}, {{ order }}) {%- endmacro %}
{% macro spark__at_max(expression, order) -%} max_by({{ expression }}, {{ order }}) {%- endmacro %}
{% macro at_min(expression, order) -%} {{ dialect("at_min", [expression, order]) }} {%- endmacro %}
{% macro duckdb__at_min(expression, order) -%} arg_min({{ expression }}, {{ order }}) {%- endmacro %}
{% macro spark__at_min(expression, order) -%} min_by({{ expression }}, {{ order }}) {%- endmacro %}

{#- Rows of the group that fulfil a condition. -#}
{% macro count_where(condition) -%} count(case when {{ condition }} then 1 end) {%- endmacro %}
