{#- Where the forecast counts an active row of fct_applications: hired once an offer is accepted, unmapped where no stage is known. -#}
{% macro forecast_stage(application) -%}
    case
        when {{ application }}.is_hire_pending
        then 'hired'
        when {{ application }}.is_unplaced or {{ application }}.current_stage_code is null
        then 'unmapped'
        else {{ application }}.current_stage_code
    end
{%- endmacro %}
