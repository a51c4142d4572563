-- One row per source x table x column x id as a file writes it, where only another spelling of the same integer is
-- known: `5.0` for the user 5, or the user 5.0 for 5. Files and databases in canonical shape alone: services keep
-- their ids.
-- An id that is known as written stays; so does one with two candidates, or none, and is counted (unknown_ids).
{{ config(materialized="stored_table") }}

{%- set tables = [] -%}
{%- for table in var("canonical_tables") if has_source("canonical_files__" ~ table) and references_of(table) -%}
    {% do tables.append(table) %}
{%- endfor -%}
{%- set columns = ["source_system", "table_name", "column_name", "written_id", "joined_id"] %}

{% if tables %}
    with
        -- the ids that each referenced table has, of every kind of source
        listed as {{ materialized() }} (
            {%- for target in referenced_tables(tables) %}
                {%- set id = entity_column(target) %}
                {%- set queries = queries_of_kinds(target, ["source_system", id]) %}
                {%- do queries.update(
                    {
                        "canonical_files__"
                        ~ target: "select coalesce(stated_source_system, source_system) as source_system, "
                        ~ id
                        ~ " from "
                        ~ ref("stg_canonical_files__" ~ target)
                    }
                ) %}
                select distinct source_system, '{{ target }}' as table_name, cast({{ id }} as {{ text_type() }}) as id
                from ({{ over_kinds(target, queries, ["source_system", id]) }}) as {{ target }}
                where {{ id }} is not null
                {% if not loop.last -%}
                    union all
                {% endif -%}
            {%- endfor %}
        ),
        floats as {{ materialized() }} (
            select source_system, table_name, id, {{ integer_form("id") }} as integer_id
            from listed
            where {{ integer_form("id") }} is not null
        ),
        written as (
            {%- for table in tables %}
                {%- set table_loop = loop %}
                {%- for column, target in references_of(table).items() %}
                    select distinct
                        coalesce(stated_source_system, source_system) as source_system,
                        '{{ table }}' as table_name,
                        '{{ column }}' as column_name,
                        '{{ target }}' as target_name,
                        {{ column }} as written_id
                    from {{ ref("stg_canonical_files__" ~ table) }}
                    where
                        {{ integer_form(column) }} is not null
                        or {{ column }} in (select integer_id from floats where table_name = '{{ target }}')
                    {% if not (loop.last and table_loop.last) -%}
                        union all
                    {% endif -%}
                {%- endfor %}
            {%- endfor %}
        ),
        unknown as (
            select w.*, coalesce({{ integer_form("w.written_id") }}, w.written_id) as integer_id
            from written as w
            left join
                listed as l
                on l.source_system = w.source_system
                and l.table_name = w.target_name
                and l.id = w.written_id
            where l.id is null
        )

    select u.source_system, u.table_name, u.column_name, u.written_id, min(coalesce(f.id, l.id)) as joined_id
    from unknown as u
    left join listed as l on l.source_system = u.source_system and l.table_name = u.target_name and l.id = u.integer_id
    left join
        floats as f
        on f.source_system = u.source_system
        and f.table_name = u.target_name
        and f.integer_id = u.integer_id
    group by u.source_system, u.table_name, u.column_name, u.written_id
    having count(distinct l.id) + count(distinct f.id) = 1
{% else %}
    {%- set types = {} -%}
    {%- for column in columns -%} {% do types.update({column: text_type()}) %}
    {%- endfor -%} {{ no_rows(types) }}
{% endif %}
