{#-
    CTEs that find the connected components of a bipartite graph: `links` (a query: record_number, link_number, both integers) says which records a
    link holds together. The last CTE, `<name>_people`, has one row per record that shares a link: record_number, person_number (the smallest
    record_number of its component). The comma behind it is the caller's.

    By random contraction, as in Boegeholz, Brand and Todor, "In-database connected component analysis" (ICDE 2020). In each round all numbers are
    shuffled; every record takes the smallest number among all that share a link with it, and those that took the same become one record of the next
    round. Links whose records have become one are done. On a path the shuffle leaves about half of the records, however long it is and
    whatever order it has, where passing on the smallest label moves one step per round. So rounds cost ever less (real contact data is done after
    three or four), and `rounds` of them reach a chain of about 2^rounds records. Whether they were enough is not assumed but tested
    (tests/canonical/people_are_closed_under_links.sql).
-#}
{% macro connected_components(name, links, rounds) -%}
    {#- A prime: multiplication by anything but 0 modulo it is a bijection, so no two records get one number. -#}
    {%- set prime = 2147483647 -%}
    {{ name }}_links_0 as {{ materialized() }} (
        select distinct record_number as node, link_number from ({{ links }}) as given
    ),
    {% for round in range(rounds) -%}
        {%- set factor = (1327217885 + 48271 * 16807 * (round + 1) * (round + 1)) % prime -%}
        {%- set shuffled = "(node * cast(" ~ factor ~ " as bigint) + " ~ (round * 7919 + 1) ~ ") % " ~ prime -%}
        {{ name }}_open_{{ round }} as {{ materialized() }} (
            select link_number, min({{ shuffled }}) as smallest
            from {{ name }}_links_{{ round }}
            group by link_number
            having min(node) <> max(node)
        ),
        {{ name }}_step_{{ round }} as {{ materialized() }} (
            select l.node, min(o.smallest) as next_node
            from {{ name }}_links_{{ round }} as l
            inner join {{ name }}_open_{{ round }} as o on o.link_number = l.link_number
            group by l.node
        ),
        {{ name }}_links_{{ round + 1 }} as {{ materialized() }} (
            select distinct s.next_node as node, l.link_number
            from {{ name }}_links_{{ round }} as l
            inner join {{ name }}_open_{{ round }} as o on o.link_number = l.link_number
            inner join {{ name }}_step_{{ round }} as s on s.node = l.node
        ),
    {% endfor -%}
    {#- Back again: where each record of a round ended. Numbers of different rounds are apart by a multiple of the prime. -#}
    {{ name }}_ends_{{ rounds }} as {{ materialized() }} (
        select 0 as node, cast(0 as bigint) as component_number where 1 = 0
    ),
    {% for round in range(rounds - 1, -1, -1) -%}
        {{ name }}_ends_{{ round }} as {{ materialized() }} (
            select
                s.node,
                coalesce(
                    e.component_number, s.next_node + cast({{ round }} as bigint) * {{ prime }}
                ) as component_number
            from {{ name }}_step_{{ round }} as s
            left join {{ name }}_ends_{{ round + 1 }} as e on e.node = s.next_node
        ),
    {% endfor -%}
    {{ name }}_people as {{ materialized() }} (
        select e.node as record_number, f.person_number
        from {{ name }}_ends_0 as e
        inner join
            (select component_number, min(node) as person_number from {{ name }}_ends_0 group by component_number) as f
            on f.component_number = e.component_number
    )
{%- endmacro %}
