{#-
    Outreach figures (concepts.md "Outreach"): people who did a thing / people sent to. Every table of them groups int_marts__outreach_contacts
    (one row per message), so a figure means the same in each: first the person's messages of the group become one row, then people are counted.
-#}
{#- What came of the messages: (column of the mart, condition on int_marts__outreach_contacts). Opens and clicks in two figures. -#}
{% macro outreach_figures() -%}
    {{
        return(
            [
                ("delivered", "is_delivered"),
                ("bounced", "is_bounced"),
                ("opened", "is_opened_human"),
                ("opened_all", "is_opened"),
                ("clicked", "is_clicked_human"),
                ("clicked_all", "is_clicked"),
                ("replied", "is_replied"),
                ("interested", "is_interested"),
                ("unsubscribed", "is_unsubscribed"),
                ("converted", "converted_after_days <= " ~ var("attribution_window_days")),
                ("converted_30d", "converted_after_days <= 30"),
                ("converted_60d", "converted_after_days <= 60"),
                ("converted_90d", "converted_after_days <= 90"),
            ]
        )
    }}
{%- endmacro %}

{#- Figures that have a rate (and its bounds) of the recipients. -#}
{% macro outreach_rates() -%}
    {{ return(["opened", "opened_all", "clicked", "clicked_all", "replied", "interested", "converted"]) }}
{%- endmacro %}

{#- One row per group: `keys` (columns of `relation`), messages_count, recipients_count and <figure>_count. -#}
{% macro outreach_counts(relation, keys) -%}
    select
        {{ keys | join(", ") }},
        cast(sum(person_messages_count) as bigint) as messages_count,
        count(*) as recipients_count
        {%- for figure, _ in outreach_figures() %}
            , {{ count_where("has_" ~ figure) }} as {{ figure }}_count
        {%- endfor %}
    from
        (
            select
                {{ keys | join(", ") }},
                person_key,
                count(*) as person_messages_count
                {%- for figure, condition in outreach_figures() %}
                    , {{ any_true(condition) }} as has_{{ figure }}
                {%- endfor %}
            from {{ relation }}
            group by {{ keys | join(", ") }}, person_key
        ) as people
    group by {{ keys | join(", ") }}
{%- endmacro %}

{#- The counts of `alias` and their rates, in the order in which every outreach table has them. -#}
{% macro outreach_columns(alias) -%}
    {{ alias }}.recipients_count,
    {{ alias }}.messages_count
    {%- for figure, _ in outreach_figures() %}, {{ alias }}.{{ figure }}_count {%- endfor %}
    {%- for figure in outreach_rates() %}
        , {{ rate_columns(figure ~ "_rate", alias ~ "." ~ figure ~ "_count", alias ~ ".recipients_count") }}
    {%- endfor %}
{%- endmacro %}

{#-
    Difference of two rates over strata (Mantel-Haenszel), per group, with its 95 % bounds.

    strata   relation: `keys`, exposed_count, exposed_successes, other_count, other_successes (one row per group and stratum)
    result   one row per group: `keys`, strata_count, difference, difference_low, difference_high

    A stratum without both kinds says nothing about the difference and has no weight (n1 n0 / N). The variance is that of Sato (Biometrics 1989,
    45:1323), which holds for few large strata and for many small ones alike. Null without a stratum that has both.
-#}
{% macro mantel_haenszel_difference(strata, keys) -%}
    with
        weighted as (
            select
                {{ keys | join(", ") }},
                cast(exposed_count as double) * other_count / (exposed_count + other_count) as weight,
                (cast(exposed_successes as double) * other_count - cast(other_successes as double) * exposed_count)
                / (exposed_count + other_count) as gain,
                (
                    cast(other_successes as double) * exposed_count * exposed_count
                    - cast(exposed_successes as double) * other_count * other_count
                    + cast(exposed_count as double) * other_count * (other_count - exposed_count) / 2
                )
                / (cast(exposed_count + other_count as double) * (exposed_count + other_count)) as by_difference,
                (
                    cast(exposed_successes as double) * (other_count - other_successes)
                    + cast(other_successes as double) * (exposed_count - exposed_successes)
                )
                / (2 * cast(exposed_count + other_count as double)) as by_itself
            from {{ strata }}
            where exposed_count > 0 and other_count > 0
        ),

        summed as (
            select
                {{ keys | join(", ") }},
                count(*) as strata_count,
                sum(weight) as weight,
                sum(gain) / sum(weight) as difference,
                sum(by_difference) as by_difference,
                sum(by_itself) as by_itself
            from weighted
            group by {{ keys | join(", ") }}
        ),

        spread as (
            select
                *,
                {{ z95() }}
                * sqrt(greatest(difference * by_difference + by_itself, cast(0 as double)))
                / weight as width
            from summed
        )

    select
        {{ keys | join(", ") }},
        strata_count,
        difference,
        greatest(difference - width, cast(-1 as double)) as difference_low,
        least(difference + width, cast(1 as double)) as difference_high
    from spread
{%- endmacro %}
