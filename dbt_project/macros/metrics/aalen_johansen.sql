{#-
    Aalen-Johansen cumulative incidence of advancing, with its variance, per group.

    totals        relation: group_no, observed_count, advanced_count, first_censored_days (smallest age of a censored row; null without
                  one), last_advanced_days (largest age of an advance; null without one)
    observations  relation: group_no, age_days, is_advanced, is_censored (neither = left by the competing way). Only groups of
                  aalen_johansen_needs_order must be there, and of them only rows up to last_advanced_days: the rest changes nothing
    result        one row per group: group_no, incidence, variance

    With events before censorings at equal ages, S(t-) / n(t) = 1 / (N G(t-)), where S is the chance of still being there, n the number at
    risk, N the group's size and G the Kaplan-Meier estimate of not yet being censored. G changes at censorings only, so between two
    censorings nothing but the number of events matters. Sorting tells at which place each censoring stands among all rows, and among
    advances alone; the rest is arithmetic on the intervals between censorings. Without an advance after the first censoring nothing needs
    an order: the incidence is advances / N, with the binomial variance.
    Variance: Greenwood's form for competing risks (Gaynor et al. 1993; Collett, Modelling Survival Data in Medical Research, section 12).
    Two row_number()s, because a running sum over tens of millions of rows costs three times as much (measured, duckdb 1.5.5).
-#}
{% macro aalen_johansen_needs_order(totals) -%}
    {{ totals }}.last_advanced_days > {{ totals }}.first_censored_days
{%- endmacro %}

{% macro aalen_johansen(totals, observations) -%}
    with
        placed as (
            select
                group_no, is_censored, row_number() over (partition by group_no order by age_days, is_censored) as place
            from {{ observations }}
        ),

        placed_among_advances as (
            select
                group_no, is_censored, row_number() over (partition by group_no order by age_days, is_censored) as place
            from {{ observations }}
            where is_advanced or is_censored
        ),

        censorings as (
            select group_no, place, row_number() over (partition by group_no order by place) as censoring_no
            from placed
            where is_censored
        ),

        advances as (
            select group_no, place, row_number() over (partition by group_no order by place) as censoring_no
            from placed_among_advances
            where is_censored
        ),

        {#- Interval k lies behind the k-th censoring; interval 0 before the first. -#}
        starts as (
            select
                c.group_no,
                c.censoring_no as interval_no,
                c.place as places_before,
                a.place - a.censoring_no as advances_before
            from censorings as c
            inner join advances as a on c.group_no = a.group_no and c.censoring_no = a.censoring_no
            union all
            select t.group_no, 0 as interval_no, 0 as places_before, 0 as advances_before
            from {{ totals }} as t
            where {{ aalen_johansen_needs_order("t") }}
        ),

        intervals as (
            select
                s.group_no,
                s.interval_no,
                cast(t.observed_count as double) as group_size,
                cast(t.observed_count - s.places_before as double) as at_risk,
                cast(
                    lead(s.places_before) over (partition by s.group_no order by s.interval_no)
                    - 1
                    - s.places_before as double
                ) as events,
                cast(
                    coalesce(
                        lead(s.advances_before) over (partition by s.group_no order by s.interval_no), t.advanced_count
                    )
                    - s.advances_before as double
                ) as advanced,
                case
                    when s.interval_no > 0 and t.observed_count > s.places_before
                    then
                        ln(
                            cast(t.observed_count - s.places_before as double)
                            / (t.observed_count - s.places_before + 1)
                        )
                    else 0
                end as log_factor
            from starts as s
            inner join {{ totals }} as t on s.group_no = t.group_no
            where {{ aalen_johansen_needs_order("t") }}
        ),

        weighted as (
            select
                group_no,
                interval_no,
                at_risk,
                coalesce(events, advanced) as events,
                advanced,
                exp(
                    - sum(log_factor) over (
                        partition by group_no order by interval_no rows between unbounded preceding and current row
                    )
                )
                / group_size as weight
            from intervals
        ),

        cumulated as (
            select
                group_no,
                advanced,
                events,
                at_risk,
                weight,
                sum(advanced * weight) over (
                    partition by group_no order by interval_no rows between unbounded preceding and current row
                ) as incidence_so_far,
                sum(advanced * weight) over (partition by group_no) as incidence
            from weighted
            where advanced > 0 or events > 0
        )

    select
        group_no,
        max(incidence) as incidence,
        sum(
            case
                when at_risk > events
                then
                    (incidence - incidence_so_far)
                    * (incidence - incidence_so_far)
                    * events
                    / (at_risk * (at_risk - events))
                else 0
            end
            + weight * weight * advanced * (at_risk - advanced) / at_risk
            - 2 * (incidence - incidence_so_far) * weight * advanced / at_risk
        ) as variance
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
