{#-
    Aalen-Johansen cumulative incidence of advancing, with its variance, per group.

    totals        relation: group_no, observed_count, advanced_count, first_censored_rank (of the youngest censored row; null without one),
                  last_advanced_rank (of the oldest advance; null without one)
    observations  relation: group_no, age_rank (order of ages, events before censorings at equal ages; macros/metrics/places.sql), is_advanced,
                  is_censored (neither = left by the competing way). Only groups of aalen_johansen_needs_order must be there, and of them only
                  rows up to last_advanced_rank: the rest changes nothing
    result        one row per group: group_no, incidence, variance

    With events before censorings at equal ages, S(t-) / n(t) = 1 / (N G(t-)), where S is the chance of still being there, n the number at
    risk, N the group's size and G the Kaplan-Meier estimate of not yet being censored. G changes at censorings only, so between two
    censorings nothing but the number of events matters. Sorting tells how many rows, and how many advances, stand before each censoring;
    the rest is arithmetic on the intervals between censorings. Without an advance after the first censoring nothing needs an order: the
    incidence is advances / N, with the binomial variance.
    Variance: Greenwood's form for competing risks (Gaynor et al. 1993; Collett, Modelling Survival Data in Medical Research, section 12).
-#}
{% macro aalen_johansen_needs_order(totals) -%}
    {{ totals }}.last_advanced_rank > {{ totals }}.first_censored_rank
{%- endmacro %}

{% macro aalen_johansen(totals, observations) -%}
    {%- set kind -%}
        case when is_censored then {{ kinds().CENSORED }} when is_advanced then {{ kinds().ADVANCED }} else {{ kinds().LEFT }} end
    {%- endset %}
    {%- set weight = "exp(-log_not_yet_censored) / observed_count" %}
    {#- to_come: what the intervals behind this one add to the incidence. -#}
    {%- set variance_term -%}
        case when at_risk > events then to_come * to_come * events / (at_risk * (at_risk - events)) else 0 end
        + weight * weight * counted * (at_risk - counted) / at_risk
        - 2 * to_come * weight * counted / at_risk
    {%- endset -%}
    with
        keys as (
            select {{ order_key("group_no", "age_rank", kind) }} as order_key
            from {{ observations }}
            union all
            select {{ order_key("t.group_no", 0, kinds().START) }} as order_key
            from {{ totals }} as t
            where {{ aalen_johansen_needs_order("t") }}
            union all
            select {{ order_key_of_end() }} as order_key
        ),

        running as ({{ places("keys", kinds().ADVANCED) }}),

        intervals as ({{ intervals("running", totals, "observed_count", ["observed_count"], is_counting=true) }}),

        weighted as (
            select
                group_no,
                place,
                is_last,
                at_risk,
                events,
                cast(counted as double) as counted,
                {{ weight }} as weight,
                {{ exact("counted * (" ~ weight ~ ")") }} as added
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
                counted,
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

    select group_no, {{ from_exact("sum(added)") }} as incidence, {{ exact_sum_of_small(variance_term) }} as variance
    from cumulated
    group by group_no
    union all
    select
        t.group_no,
        cast(t.advanced_count as double) / t.observed_count as incidence,
        cast(t.advanced_count as double)
        * (t.observed_count - t.advanced_count)
        / (cast(t.observed_count as double) * t.observed_count * t.observed_count) as variance
    from {{ totals }} as t
    where t.observed_count > 0 and not coalesce({{ aalen_johansen_needs_order("t") }}, false)
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
