{#-
    Aalen-Johansen cumulative incidence of advancing, with its variance, per group.

    totals        relation: group_no and observed_count, the rows of the group
    keys          relation: order_key of every row of every group (macros/metrics/places.sql): age_rank (order of ages, events before censorings
                  at equal ages) and kind: ADVANCED, CENSORED, or LEFT by the competing way
    result        one row per group with rows: group_no, incidence, variance

    With events before censorings at equal ages, S(t-) / n(t) = 1 / (N G(t-)), where S is the chance of still being there, n the number at
    risk, N the group's size and G the Kaplan-Meier estimate of not yet being censored. G changes at censorings only, so between two
    censorings nothing but the number of events matters. Sorting tells how many rows, and how many advances, stand before each censoring;
    the rest is arithmetic on the intervals between censorings.
    Variance: Greenwood's form for competing risks (Gaynor et al. 1993; Collett, Modelling Survival Data in Medical Research, section 12).
-#}
{% macro aalen_johansen(totals, keys) -%}
    {%- set weight = "exp(-log_not_yet_censored) / size" %}
    {#- to_come: what the intervals behind this one add to the incidence. -#}
    {%- set variance_term -%}
        case when at_risk > events then to_come * to_come * events / (at_risk * (at_risk - events)) else 0 end
        + weight * weight * advances * (at_risk - advances) / at_risk
        - 2 * to_come * weight * advances / at_risk
    {%- endset -%}
    with
        running as ({{ places(keys, totals, "observed_count") }}),

        intervals as ({{ intervals("running") }}),

        weighted as (
            select
                group_no,
                place,
                is_last,
                at_risk,
                events,
                cast(advances as double) as advances,
                {{ weight }} as weight,
                {{ exact("advances * (" ~ weight ~ ")") }} as added
            from intervals
            where events > 0 or is_last
        ),

        added_up as (
            select *, sum(added) {{ up_to_here("place", "group_no", "desc") }} as added_from_here
            from {{ in_order("weighted", "place", "desc") }} as w
        ),

        cumulated as (
            select
                group_no,
                at_risk,
                cast(events as double) as events,
                advances,
                weight,
                added,
                {{
                    from_exact(
                        "(added_from_here - added - max(case when is_last then added_from_here - added end) "
                        ~ up_to_here("place", "group_no", "desc")
                        ~ ")"
                    )
                }} as to_come
            from added_up
        )

    select
        group_no,
        {{ from_exact("sum(added)") }} as incidence,
        {{ exact_sum_of_small("case when at_risk > 0 then " ~ variance_term ~ " else 0 end") }} as variance
    from cumulated
    group by group_no
{%- endmacro %}

{#-
    95 % bounds of a cumulative incidence on the log(-log) scale, which keeps them within 0..1 (Collett, as above). At 0 and at 1 the scale
    has no width: there the Wilson bounds of `successes` out of `decided` stand in, and 0..1 where nothing is decided yet.
-#}
{% macro log_log_low(incidence, variance, successes, decided) -%}
    {{ log_log_bound(incidence, variance, "+", wilson_low(successes, decided), 0) }}
{%- endmacro %}
{% macro log_log_high(incidence, variance, successes, decided) -%}
    {{ log_log_bound(incidence, variance, "-", wilson_high(successes, decided), 1) }}
{%- endmacro %}
{% macro log_log_bound(incidence, variance, sign, degenerate, limit) -%}
    case
        when {{ incidence }} is null
        then null
        when {{ incidence }} > 1e-12 and {{ incidence }} < 1 - 1e-12
        then
            exp(
                ln({{ incidence }}) * exp(
                    {{ sign }} {{ z95() }}
                    * sqrt(greatest({{ variance }}, 0))
                    / ({{ incidence }} * abs(ln({{ incidence }})))
                )
            )
        else coalesce({{ degenerate }}, {{ limit }})
    end
{%- endmacro %}
