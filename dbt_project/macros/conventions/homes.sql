{#- Ids that exactly one source knows, with that source: how a row of one source finds what it names in another. `rows` is a CTE. -#}
{% macro only_homes(rows, id) -%}
    select {{ id }}, min(source_system) as source_system
    from {{ rows }}
    group by {{ id }}
    having count(distinct source_system) = 1
{%- endmacro %}

{#-
    The source to which an id of a row belongs: the row's own if it knows the id, else the only source that does, else the row's own again.
    `known` is a CTE of source_system and the id, joined by `join_homes`; `row` is the alias of the row.
-#}
{% macro home_of(row, known) -%}
    coalesce(own_{{ known }}.source_system, only_{{ known }}.source_system, {{ row }}.source_system)
{%- endmacro %}

{% macro join_homes(row, known, id) -%}
    left join
        {{ known }} as own_{{ known }}
        on own_{{ known }}.source_system = {{ row }}.source_system
        and own_{{ known }}.{{ id }} = {{ row }}.{{ id }}
    left join ({{ only_homes(known, id) }}) as only_{{ known }} on only_{{ known }}.{{ id }} = {{ row }}.{{ id }}
{%- endmacro %}
