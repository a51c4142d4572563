{#-
    Where the rows of a group stand among each other, for estimators that need no more of an age than its order (aalen_johansen, kaplan_meier).

    A row is one number, order_key: its group, its age as a rank (from 1; the same order in every group), its kind. A row of rank 0 and kind START stands
    before each group, and one behind all (order_key_of_end), so that a place in the group is a place in the whole less that of its start. Room for
    2^32 ranks and 2^28 groups.
-#}
{% macro kinds() -%} {{ return({"LEFT": 0, "ADVANCED": 1, "CENSORED": 2, "START": 3}) }} {%- endmacro %}

{% macro order_key(group_no, rank, kind) -%}
    (cast({{ group_no }} as bigint) * 4294967296 + {{ rank }}) * 4 + {{ kind }}
{%- endmacro %}
{% macro order_key_of_end() -%} {{ order_key(268435455, 0, kinds().START) }} {%- endmacro %}
{% macro kind_of(order_key) -%} mod({{ order_key }}, 4) {%- endmacro %}
{% macro rank_of(order_key) -%}
    cast((mod({{ order_key }}, 17179869184) - mod({{ order_key }}, 4)) / 4 as bigint)
{%- endmacro %}
{% macro group_of(order_key) -%}
    cast(({{ order_key }} - mod({{ order_key }}, 17179869184)) / 17179869184 as bigint)
{%- endmacro %}

{#- Every row of `keys` (order_key) in order: order_key, place (1, 2, ...) and, if a kind is given, so_far: its rows up to here. -#}
{% macro places(keys, kind=none) -%}
    select
        order_key,
        row_number() {{ next_to("order_key") }} as place
        {%- if kind is not none %}
            , {{ count_where(kind_of("order_key") ~ " = " ~ kind) }} {{ up_to_here("order_key") }} as so_far
        {%- endif %}
    from {{ in_order(keys, "order_key") }} as k
{%- endmacro %}

{#-
    The intervals between censorings, one row per start of a group and per censoring: what comes behind it and before the next.

    running   relation: the rows of places()
    totals    relation: group_no and the rows of the group, under the name `size`
    columns   of totals, to be kept
    is_counting  whether `running` has so_far
    result    group_no, place (in the whole), is_last (of the group), at_risk (rows of the group behind the place), events (rows of the
              interval) and events_before (of the group); counted (of the events, those that so_far counts), if is_counting;
              log_not_yet_censored: ln G behind the place, G the Kaplan-Meier estimate of not yet being censored. Each censoring takes one
              out of those that are left.
-#}
{% macro intervals(running, totals, size, columns=[], is_counting=false) -%}
    {%- set kept = columns | map("string") | list -%}
    select
        group_no,
        {%- for column in kept %} {{ column }}, {%- endfor %}
        place,
        is_last,
        cast(at_risk as double) as at_risk,
        events,
        events_before,
        {{ "counted," if is_counting }}
        {{
            from_exact(
                "(log_so_far - min(case when is_first then log_so_far end) " ~ up_to_here("place", "group_no") ~ ")"
            )
        }} as log_not_yet_censored
    from
        (
            select
                *,
                sum(
                    case
                        when is_first or at_risk = 0
                        then 0
                        else {{ exact("ln(cast(at_risk as double) / (at_risk + 1))") }}
                    end
                ) {{ up_to_here("place", "group_no") }} as log_so_far
            from
                {{ in_order("(" ~ _sized_intervals(running, totals, size, kept, is_counting) ~ ")", "place") }} as sized
        ) as summed
{%- endmacro %}

{% macro _sized_intervals(running, totals, size, columns, is_counting) -%}
    {%- set marks -%}
        (
            select
                {{ group_of("order_key") }} as group_no,
                place,
                {{ "so_far," if is_counting }}
                {{ kind_of("order_key") }} = {{ kinds().START }} as is_first
            from {{ running }}
            where {{ kind_of("order_key") }} >= {{ kinds().CENSORED }}
        )
    {%- endset -%}
    select
        b.group_no,
        {%- for column in columns %} t.{{ column }}, {%- endfor %}
        b.place,
        b.is_first,
        b.next_is_first as is_last,
        t.{{ size }} - (b.place - b.first_place) as at_risk,
        b.next_place - b.place - 1 as events,
        b.place - b.first_place - (b.mark - b.first_mark) as events_before
        {{ ", b.next_so_far - b.so_far as counted" if is_counting }}
    from
        (
            select
                group_no,
                is_first,
                place,
                mark,
                max(case when is_first then place end) {{ up_to_here("place", "group_no") }} as first_place,
                max(case when is_first then mark end) {{ up_to_here("place", "group_no") }} as first_mark,
                lead(place) {{ next_to("place") }} as next_place,
                {%- if is_counting %} so_far, lead(so_far) {{ next_to("place") }} as next_so_far, {%- endif %}
                lead(is_first) {{ next_to("place") }} as next_is_first
            from
                (
                    select *, row_number() {{ next_to("place") }} as mark from {{ in_order(marks, "place") }} as marks
                ) as numbered
        ) as b
    inner join {{ totals }} as t on b.group_no = t.group_no
    where b.next_place is not null
{%- endmacro %}
