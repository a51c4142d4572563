{#-
    Aalen-Johansen cumulative incidence of advancing, with its variance, per group.

    totals        relation: group_no, observed_count, last_advanced_days (largest age of an advance; null without one),
                  first_censored_days (smallest age of a censored row; null without one), advanced_count (observed advances)
    observations  relation: group_no, age_days, is_advanced, is_censored (neither = left by the competing way), for at least the groups
                  of aalen_johansen_needs_order
    result        one row per group: group_no, incidence, variance

    With events before censorings at equal ages, S(t-) / n(t) = 1 / (N G(t-)), where S is the chance of still being there, n the number at
    risk, N the group's size and G the Kaplan-Meier estimate of not yet being censored. G changes at censorings only, so between two
    censorings nothing but the number of events matters: rows are sorted once to learn how many censorings precede each, and the rest is
    arithmetic on few intervals. Exact shortcuts:
      * no advance after the first censoring: incidence = advances / N, with the binomial variance; nothing is sorted;
      * events up to the first censoring are one interval, counted without a sort;
      * rows older than the last advance change nothing and are left out.
    Variance: Greenwood's form for competing risks (Gaynor et al. 1993; Collett, Modelling Survival Data in Medical Research, section 12),
    which is the binomial variance where nothing is censored.
-#}
{% macro aalen_johansen_needs_order(totals) -%}
    {{ totals }}.last_advanced_days > {{ totals }}.first_censored_days
{%- endmacro %}

{% macro aalen_johansen(totals, observations) -%}
    with
        ordered_groups as (select * from {{ totals }} as t where {{ aalen_johansen_needs_order("t") }}),

        relevant as (
            select
                o.group_no,
                o.age_days,
                cast(o.is_advanced as integer) as advanced,
                cast(o.is_censored as integer) as censored,
                o.age_days <= g.first_censored_days and not o.is_censored as is_before_censoring
            from {{ observations }} as o
            inner join ordered_groups as g on o.group_no = g.group_no
            where o.age_days <= g.last_advanced_days
        ),

        placed as (
            select
                group_no,
                advanced,
                censored,
                coalesce(
                    sum(censored) over (
                        partition by group_no
                        order by age_days, censored
                        rows between unbounded preceding and 1 preceding
                    ),
                    0
                ) as interval_no
            from relevant
            where not is_before_censoring
        ),

        counted as (
            select group_no, 0 as interval_no, sum(advanced) as advanced, count(*) as events, 0 as censored
            from relevant
            where is_before_censoring
            group by group_no
            union all
            select group_no, interval_no, sum(advanced), count(*) - sum(censored), sum(censored)
            from placed
            group by group_no, interval_no
        ),

        intervals as (
            select
                group_no,
                interval_no,
                cast(sum(advanced) as double) as advanced,
                cast(sum(events) as double) as events,
                cast(sum(censored) as double) as censored
            from counted
            group by group_no, interval_no
        ),

        at_risk as (
            select
                i.group_no,
                i.interval_no,
                i.advanced,
                i.events,
                i.censored,
                cast(g.observed_count as double) as group_size,
                g.observed_count - coalesce(
                    sum(i.events + i.censored) over (
                        partition by i.group_no order by i.interval_no rows between unbounded preceding and 1 preceding
                    ),
                    0
                ) as at_risk
            from intervals as i
            inner join ordered_groups as g on i.group_no = g.group_no
        ),

        weighted as (
            select
                group_no,
                interval_no,
                advanced,
                events,
                at_risk,
                exp(
                    - coalesce(
                        sum(
                            case
                                when censored > 0 and at_risk - events > 1
                                then ln((at_risk - events - censored) / (at_risk - events))
                                else 0
                            end
                        ) over (
                            partition by group_no order by interval_no rows between unbounded preceding and 1 preceding
                        ),
                        0
                    )
                )
                / group_size as weight
            from at_risk
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
