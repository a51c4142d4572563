{#-
    Business hours allowed for an action (concepts.md "SLA"): those agreed for the job on the day when the need arose, else the default of need
    and stage, else that of the need. `allowed_hours()` reads what `join_allowed_hours` joins: `action` is the alias of rows with job_key and
    stage_code, `need` and `day` are SQL expressions.
-#}
{% macro allowed_hours() -%} coalesce(agreed.hours, of_stage.hours, of_need.hours) {%- endmacro %}

{% macro join_allowed_hours(action, need, day) -%}
    left join
        {{ ref("int_core__sla_terms") }} as agreed
        on agreed.job_key = {{ action }}.job_key
        and agreed.need_code = {{ need }}
        and agreed.from_on <= {{ day }}
        and {{ day }} < agreed.to_on
    left join
        {{ ref("sla_defaults") }} as of_stage
        on of_stage.need_code = {{ need }}
        and of_stage.stage_code = {{ action }}.stage_code
    left join {{ ref("sla_defaults") }} as of_need on of_need.need_code = {{ need }} and of_need.stage_code is null
{%- endmacro %}
