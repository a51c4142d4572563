{#-
    Kaplan-Meier quantiles of the time until leaving, per group: the smallest age where survival <= 1 - q; null if never reached. And the median of
    those who left alone, halfway between the two in the middle.

    totals        relation: group_no, timed_count (rows of the group), leaver_count (of them, not censored)
    keys          relation: order_key of every row of every group (macros/metrics/places.sql): days_rank (order of days, leaving before being
                  censored at equal days) and kind: LEFT, or CENSORED (still there after so many days)
    ages          relation: days_rank, days
    quantiles     {column name: q}
    result        one row per group: group_no, leaver_median_days and the columns

    Same identity as in aalen_johansen: survival after the k-th event of the interval behind the j-th censoring is (n - k) / (N G), so the
    event at which survival crosses a level is found by arithmetic on intervals, as is the k-th of those who left; only their ages are
    looked up. The 1e-9 is for levels that are met exactly (5 of 10 left) and that floating point would miss.
-#}
{% macro kaplan_meier(totals, keys, ages, quantiles) -%}
    with
        running as ({{ places(keys, totals, "timed_count") }}),

        {#- expected_size is N x G: survival = at risk / expected_size. -#}
        intervals as (
            select
                i.group_no,
                i.place,
                i.events_before,
                t.leaver_count,
                i.at_risk,
                i.events,
                i.size * exp(i.log_not_yet_censored) as expected_size
            from ({{ intervals("running") }}) as i
            inner join {{ totals }} as t on i.group_no = t.group_no
            where i.events > 0
        ),

        targets as (
            {%- for name, share in quantiles.items() %}
                select
                    group_no,
                    '{{ name }}' as name,
                    min(
                        place + cast(greatest(ceil(at_risk - (1 - {{ share }}) * expected_size - 1e-9), 1) as bigint)
                    ) as place
                from intervals
                where at_risk - events <= (1 - {{ share }}) * expected_size + 1e-9
                group by group_no
                union all
            {%- endfor %}
            {#- Of n that left, number floor((n + 1) / 2) and floor(n / 2) + 1, which is the same for an odd n. -#}
            {%- for name, number in {
                "lower": "cast(floor((leaver_count + 1) / 2.0) as bigint)",
                "upper": "cast(floor(leaver_count / 2.0) as bigint) + 1",
            }.items() %}
                select group_no, '{{ name }}' as name, place + {{ number }} - events_before as place
                from intervals
                where events_before < {{ number }} and {{ number }} <= events_before + events
                {% if not loop.last %}
                    union all
                {% endif %}
            {%- endfor %}
        ),

        {#- Grouped only so that an engine finds the rows first and their ages then. -#}
        found as (
            select t.group_no, t.name, max({{ rank_of("r.order_key") }}) as days_rank
            from ({{ few_rows("targets", ["group_no", "name", "place"]) }}) as t
            inner join running as r on t.place = r.place
            group by t.group_no, t.name
        )

    select
        f.group_no,
        (max(case when f.name = 'lower' then a.days end) + max(case when f.name = 'upper' then a.days end))
        / 2 as leaver_median_days
        {%- for name in quantiles -%}, max(case when f.name = '{{ name }}' then a.days end) as {{ name }} {%- endfor %}
    from found as f
    inner join {{ ages }} as a on f.days_rank = a.days_rank
    group by f.group_no
{%- endmacro %}
