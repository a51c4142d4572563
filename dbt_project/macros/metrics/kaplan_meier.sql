{#-
    Kaplan-Meier quantiles of the time until leaving, per group: the smallest age where survival <= 1 - q; null if never reached.

    observations  relation: group_no, days, is_censored (still there at `days`)
    quantiles     {column name: q}
    result        one row per group: group_no and the columns

    Same identity as in aalen_johansen: survival after the k-th event of the interval behind the j-th censoring is (n - k) / (N G), so the
    event at which survival crosses a level is found by arithmetic on intervals; only its age is looked up. Leaving comes before being
    censored at equal ages. The 1e-9 is for levels that are met exactly (5 of 10 left) and that floating point would miss.
-#}
{% macro kaplan_meier(observations, quantiles) -%}
    with
        placed as (
            select
                group_no,
                days,
                cast(is_censored as integer) as censored,
                row_number() over (partition by group_no order by days, cast(is_censored as integer)) as place,
                coalesce(
                    sum(cast(is_censored as integer)) over (
                        partition by group_no
                        order by days, cast(is_censored as integer)
                        rows between unbounded preceding and 1 preceding
                    ),
                    0
                ) as interval_no
            from {{ observations }}
        ),

        intervals as (
            select
                group_no,
                interval_no,
                min(place) - 1 as places_before,
                cast(count(*) - sum(censored) as double) as events,
                cast(sum(censored) as double) as censored
            from placed
            group by group_no, interval_no
        ),

        sized as (
            select *, cast(sum(events + censored) over (partition by group_no) as double) as group_size from intervals
        ),

        at_risk as (select *, group_size - places_before as at_risk from sized),

        {#- N x G: survival = at risk / expected_size. -#}
        weighted as (
            select
                group_no,
                places_before,
                events,
                at_risk,
                group_size * exp(
                    coalesce(
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
                ) as expected_size
            from at_risk
        ),

        targets as (
            {%- for name, share in quantiles.items() %}
                select
                    group_no,
                    '{{ name }}' as quantile_name,
                    min(
                        cast(
                            places_before
                            + greatest(ceil(at_risk - (1 - {{ share }}) * expected_size - 1e-9), 1) as bigint
                        )
                    ) as place
                from weighted
                where events > 0 and at_risk - events <= (1 - {{ share }}) * expected_size + 1e-9
                group by group_no
                {% if not loop.last %}
                    union all
                {% endif %}
            {%- endfor %}
        )

    select
        p.group_no
        {%- for name in quantiles -%}
            , max(case when t.quantile_name = '{{ name }}' then p.days end) as {{ name }}
        {%- endfor %}
    from targets as t
    inner join placed as p on t.group_no = p.group_no and t.place = p.place
    group by p.group_no
{%- endmacro %}
