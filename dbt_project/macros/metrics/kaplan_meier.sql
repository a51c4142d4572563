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
                is_censored,
                row_number() over (partition by group_no order by days, is_censored) as place
            from {{ observations }}
        ),

        sizes as (select group_no, count(*) as group_size from placed group by group_no),

        {#- Interval k lies behind the k-th censoring; interval 0 before the first. -#}
        starts as (
            select group_no, place as places_before
            from placed
            where is_censored
            union all
            select group_no, 0 as places_before
            from sizes
        ),

        intervals as (
            select
                s.group_no,
                s.places_before,
                cast(z.group_size as double) as group_size,
                cast(z.group_size - s.places_before as double) as at_risk,
                cast(
                    coalesce(
                        lead(s.places_before) over (partition by s.group_no order by s.places_before) - 1, z.group_size
                    )
                    - s.places_before as double
                ) as events,
                case
                    when s.places_before > 0 and z.group_size > s.places_before
                    then ln(cast(z.group_size - s.places_before as double) / (z.group_size - s.places_before + 1))
                    else 0
                end as log_factor
            from starts as s
            inner join sizes as z on s.group_no = z.group_no
        ),

        {#- N x G: survival = at risk / expected_size. -#}
        weighted as (
            select
                group_no,
                places_before,
                events,
                at_risk,
                group_size * exp(
                    sum(log_factor) over (
                        partition by group_no order by places_before rows between unbounded preceding and current row
                    )
                ) as expected_size
            from intervals
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
