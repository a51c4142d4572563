{#-
    Where the rows of a group stand among each other, for estimators that need no more of an age than its order (aalen_johansen, kaplan_meier).

    A row is one number, order_key: its group, its age as a rank (from 1; the same order in every group), its kind. A row of rank 0 and kind START stands
    before each group, so that a place in the group is a place in the whole less that of its start. Room for 2^32 ranks and 2^28 groups.
-#}
{% macro kinds() -%} {{ return({"LEFT": 0, "ADVANCED": 1, "CENSORED": 2, "START": 3}) }} {%- endmacro %}

{% macro order_key(group_no, rank, kind) -%}
    (cast({{ group_no }} as bigint) * 4294967296 + {{ rank }}) * 4 + {{ kind }}
{%- endmacro %}
{% macro kind_of(order_key) -%} mod({{ order_key }}, 4) {%- endmacro %}
{% macro rank_of(order_key) -%}
    cast((mod({{ order_key }}, 17179869184) - mod({{ order_key }}, 4)) / 4 as bigint)
{%- endmacro %}
{% macro group_of(order_key) -%}
    cast(({{ order_key }} - mod({{ order_key }}, 17179869184)) / 17179869184 as bigint)
{%- endmacro %}

{#-
    The rows of `running` (from running_count) at which an interval begins, the starts of groups and the censorings:
    group_no, place and so_far (in the whole).
-#}
{% macro interval_marks(running) -%}
    select {{ group_of("order_key") }} as group_no, place, so_far
    from {{ running }}
    where {{ kind_of("order_key") }} >= {{ kinds().CENSORED }}
{%- endmacro %}

{#- The marks in places of their group: group_no, first_place, places_before (0 at its start), counted_before. `firsts`: group_no, place, so_far. -#}
{% macro interval_starts(marks, firsts) -%}
    select m.group_no, f.place as first_place, m.place - f.place as places_before, m.so_far - f.so_far as counted_before
    from {{ marks }} as m
    inner join {{ firsts }} as f on m.group_no = f.group_no
{%- endmacro %}

{#-
    ln G behind the mark of each row of `starts`, G the Kaplan-Meier estimate of not yet being censored: of `size` rows of the group, each censoring
    takes one out of those that are left.
-#}
{% macro log_not_yet_censored(starts, size) -%}
    {%- set left = "(" ~ size ~ " - " ~ starts ~ ".places_before)" -%}
    {%- set factor = "ln(cast(" ~ left ~ " as double) / (" ~ left ~ " + 1))" -%}
    {%- set up_to_here -%}
        over (
            partition by {{ starts }}.group_no
            order by {{ starts }}.places_before
            rows between unbounded preceding and current row
        )
    {%- endset -%}
    {{
        exact_sum(
            "case when " ~ starts ~ ".places_before > 0 and " ~ left ~ " > 0 then " ~ factor ~ " else 0 end",
            up_to_here,
        )
    }}
{%- endmacro %}
