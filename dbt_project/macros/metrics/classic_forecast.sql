{#-
    The classic calculators (concepts.md "Forecast"): arithmetic that a recruiter can redo on paper. Each is a macro over given rows, so that
    the published vectors test it directly.
-#}
{#- Candidates needed at a stage for `hires`, when `reached` reached it in the window and `hired` of them were hired. Unrounded. -#}
{% macro classic_need(hires, reached, hired) -%}
    cast({{ hires }} as double) * {{ reached }} / nullif({{ hired }}, 0)
{%- endmacro %}

{#-
    Expected hires from the pipeline as it stands, per row of `stages`.

    stages   relation: group_no, stage_order, active_count, passthrough_rate (0..1; null = no history), stage_days (mean of advancers)
    horizon  days to the date
    result   its rows with cumulative_rate (product of the rates from the stage on: 0 if any is 0, else null if any is unknown),
             days_to_hire (sum of the full stage times from the stage on), days_late, expected_hires_undated (active x cumulative) and
             expected_hires (the same where the stage is on time, else 0)
-#}
{% macro classic_forward(stages, horizon) -%}
    {%- set onward = (
        "partition by group_no order by stage_order desc rows between unbounded preceding and current row"
    ) %}
    with
        chained as (
            select
                *,
                case
                    when min(passthrough_rate) over ({{ onward }}) = 0
                    then 0.0
                    when
                        count(passthrough_rate) over ({{ onward }})
                        = sum(case when stage_order is not null then 1 else 0 end) over ({{ onward }})
                    then
                        exp(
                            sum(case when passthrough_rate > 0 then ln(passthrough_rate) else 0 end) over ({{ onward }})
                        )
                end as cumulative_rate,
                sum(coalesce(stage_days, 0)) over ({{ onward }}) as days_to_hire
            from {{ stages }}
            where stage_order is not null
        ),

        dated as (
            select *, days_to_hire - {{ horizon }} as days_late, active_count * cumulative_rate as expected from chained
        )

    select *, expected as expected_hires_undated, case when days_late > 0 then 0.0 else expected end as expected_hires
    from dated
{%- endmacro %}
