{#-
    Where the rows of a group stand among each other, for estimators that need no more of an age than its order (aalen_johansen, kaplan_meier).

    A row is one number, order_key: its group, its age as a rank (from 1; the same order in every group), its kind. Before each group stands a row of kind
    START that says how many there are (start_key), and one behind all (end_key), so that a place in the group is a place in the whole less that of
    its start. Room for 2^30 groups (slices x months x stages; an error beyond), ranks and rows in a group (stages reached).

    A key in bits, from the lowest: 2 for the kind, 30 for rank or size, 1 that is set for all rows but START (so START sorts first), 30 for the group.

    Worked example. Group 5 has four rows: one left and one advanced at rank 2, one advanced at rank 7, one still waits (censored) at rank 9. Group 6 has
    one, which left at rank 4. Sorted, the keys and their places are

        start of group 5                42949672979   place 1
        left at rank 2                  47244640264   place 2
        advanced at rank 2              47244640265   place 3
        advanced at rank 7              47244640285   place 4
        waiting at rank 9               47244640294   place 5
        start of group 6                51539607559   place 6
        left at rank 4                  55834574864   place 7
        end                     9223372028264841219   place 8

    (5 x 2^33 + 4 x 4 + 3 = 42949672979; 5 x 2^33 + (2^30 + 2) x 4 + 0 = 47244640264). Place 4 less the start's 1 is place 3 of the group, and 4 - 3 = 1
    row is left behind it: with size 4 in the start's key, at risk, events and order need no join and no partition. intervals() cuts at starts and
    censorings: places 1 to 5 hold three events, two of them advances; places 5 to 6 hold none.
-#}
{#- In the order in which intervals() takes them out. -#}
{% macro kinds() -%} {{ return({"LEFT": 0, "ADVANCED": 1, "CENSORED": 2, "START": 3}) }} {%- endmacro %}

{% macro order_key(group_no, rank, kind) -%}
    cast({{ group_no }} as bigint) * {{ group_step() }} + ({{ bigint(2**30) }} + {{ rank }}) * 4 + {{ kind }}
{%- endmacro %}
{% macro start_key(group_no, size) -%}
    cast({{ group_no }} as bigint) * {{ group_step() }} + {{ size }} * 4 + {{ kinds().START }}
{%- endmacro %}
{% macro end_key() -%} {{ start_key(2**30 - 1, 0) }} {%- endmacro %}

{#- From a key of one group to that of the next. -#}
{% macro group_step() -%} {{ return(2**33) }} {%- endmacro %}

{% macro kind_of(order_key) -%} {{ low_bits(order_key, 2) }} {%- endmacro %}
{#- Of START rows: how many there are in the group. -#}
{% macro size_of(order_key) -%} {{ high_bits(low_bits(order_key, 33), 2) }} {%- endmacro %}
{% macro rank_of(order_key) -%} {{ high_bits(low_bits(order_key, 32), 2) }} {%- endmacro %}
{% macro group_of(order_key) -%} {{ high_bits(order_key, 33) }} {%- endmacro %}

{#- The number of a group: `cell` has cell_no, which it is within any slice (from 0), and groups_per_slice. -#}
{% macro group_number(slice, cell) -%}
    {{ slice }}.slice_id * {{ cell }}.groups_per_slice + {{ cell }}.cell_no
{%- endmacro %}

{#-
    The keys of all rows of `relation` (columns of int_marts__application_slices; order_key, with cell_no for its group; groups_per_slice), once
    per slice, with its group_number. Arithmetic, because a join would be asked tens of millions of times.
-#}
{% macro explode_keys(relation) -%}
    select order_key + slice_id * groups_per_slice * {{ group_step() }} as order_key
    from ({{ explode_slices(relation, ["order_key", "cast(groups_per_slice as bigint) as groups_per_slice"]) }}) as e
{%- endmacro %}

{#-
    Every key in order, with its place (1, 2, ...).

    keys      relation: order_key of every row of every group
    totals    relation: group_no and the rows of the group, under the name `size`
-#}
{% macro places(keys, totals, size) -%}
    {%- set marked -%}
        (
            select order_key
            from {{ keys }}
            union all
            select {{ start_key("group_no", size) }} as order_key
            from {{ totals }}
            where {{ size }} > 0
            union all
            select {{ end_key() }} as order_key
        )
    {%- endset -%}
    select order_key, row_number() {{ next_to("order_key") }} as place
    from {{ in_order(marked, "order_key") }} as k
{%- endmacro %}

{#-
    The intervals between censorings, one row per start of a group and per censoring: what comes behind it and before the next.

    running   relation: the rows of places()
    result    group_no, place (in the whole), is_last (of the group), size (rows of the group), at_risk (of them, behind the place), events (rows of
              the interval), events_before (of the group), advances (of the events); log_not_yet_censored: ln G behind the place, G the
              Kaplan-Meier estimate of not yet being censored. Each censoring takes one out of those that are left.

    Filters and windows leave rows in their order; a join would not. Numbering what a filter leaves counts what it took out.
-#}
{% macro intervals(running) -%}
    select
        group_no,
        place,
        is_last,
        cast(size as double) as size,
        cast(at_risk as double) as at_risk,
        events,
        events_before,
        advances,
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
            from ({{ _sized_intervals(running) }}) as sized
        ) as summed
{%- endmacro %}

{% macro _sized_intervals(running) -%}
    {#- Of the group's start, its place and the rows behind it in one number: both are needed, and a running maximum costs as much as all else here. -#}
    {%- set start -%}
        max(case when is_first then place * {{ 2**31 }} + size end) {{ up_to_here("place", "group_no") }}
    {%- endset -%}
    {#- advances_or_marks numbers marks and advances, mark marks alone. -#}
    select
        group_no,
        is_first,
        next_is_first as is_last,
        place,
        {{ low_bits("start", 31) }} as size,
        {{ high_bits("start", 31) }} + {{ low_bits("start", 31) }} - place as at_risk,
        next_place - place - 1 as events,
        place - mark - events_at_start as events_before,
        next_advances_or_marks - advances_or_marks - 1 as advances
    from
        (
            select
                group_no,
                is_first,
                place,
                mark,
                advances_or_marks,
                {{ start }} as start,
                max(case when is_first then place - mark end) {{ up_to_here("place", "group_no") }} as events_at_start,
                lead(place) {{ next_to("place") }} as next_place,
                lead(advances_or_marks) {{ next_to("place") }} as next_advances_or_marks,
                lead(is_first) {{ next_to("place") }} as next_is_first
            from
                (
                    select
                        {{ group_of("order_key") }} as group_no,
                        {{ size_of("order_key") }} as size,
                        {{ kind_of("order_key") }} = {{ kinds().START }} as is_first,
                        place,
                        advances_or_marks,
                        row_number() {{ next_to("place") }} as mark
                    from
                        (
                            select order_key, place, row_number() {{ next_to("place") }} as advances_or_marks
                            from {{ running }}
                            where {{ kind_of("order_key") }} >= {{ kinds().ADVANCED }}
                        ) as advances_and_marks
                    where {{ kind_of("order_key") }} >= {{ kinds().CENSORED }}
                ) as marks
        ) as b
    where next_place is not null
{%- endmacro %}
