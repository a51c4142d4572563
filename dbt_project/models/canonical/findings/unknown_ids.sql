-- One row per source x canonical table x column x id that names a row of another table which is not there, with the
-- likeliest cause (seeds/terminology/unknown_id_causes.csv).
-- Dangling: the source has no data for the other table. Else the id is an orphan. Known is what the table lists, what a
-- merge took out of it, and, for a column that may name another source's row (`elsewhere`), what one other source has.
{{ config(materialized="stored_table") }}

with
    {%- for target in referenced_tables(counted_tables()) %}
        {%- set id = entity_column(target) %}
        known_{{ target }} as {{ materialized() }} (
            select source_system, {{ id }} as id
            from {{ ref(target) }}
            {%- for table in counted_tables() %}
                {%- for column in canonical_columns_with(table, "retired") if references_of(table)[column] == target %}
                    union
                    select source_system, {{ column }} as id
                    from {{ ref(table) }}
                {%- endfor %}
            {%- endfor %}
        ),
    {%- endfor %}
    {%- for table in counted_tables() if references_of(table) %}
        {{ table }}_rows as (
            select source_system {%- for column in references_of(table) %}, {{ column }} {%- endfor %}
            from {{ ref(table) }}
        ),
    {%- endfor %}
    unknown as {{ materialized() }} (
        {%- set tables = [] -%}
        {%- for table in counted_tables() if references_of(table) %}{% do tables.append(table) %}{%- endfor %}
        {%- for table in tables %}
            {%- set table_loop = loop %}
            {%- for column, target in references_of(table).items() %}
                {%- set is_elsewhere = canonical_table(table)["columns"][column].get("elsewhere", false) %}
                select
                    u.source_system,
                    '{{ table }}' as table_name,
                    '{{ column }}' as column_name,
                    '{{ target }}' as references_name,
                    u.id,
                    u.use_count
                from
                    (
                        select source_system, {{ column }} as id, count(*) as use_count
                        from {{ table }}_rows
                        where {{ column }} is not null
                        group by source_system, {{ column }}
                    ) as u
                left join known_{{ target }} as k on k.source_system = u.source_system and k.id = u.id
                {%- if is_elsewhere %}
                    left join ({{ only_homes("known_" ~ target, "id") }}) as e on e.id = u.id
                {%- endif %}
                where k.id is null {%- if is_elsewhere %} and e.id is null {%- endif %}
                {% if not (loop.last and table_loop.last) -%}
                    union all
                {% endif -%}
            {%- endfor %}
        {%- endfor %}
    ),
    asked as (
        select
            source_system,
            references_name,
            id,
            {{ unblanked_id("id") }} as unblanked,
            {{ unpadded_id("id") }} as unpadded,
            {{ integer_form("id") }} as integer_id,
            {{ folded_id("id") }} as folded,
            {{ bare_id("id") }} as bare
        from (select distinct source_system, references_name, id from unknown) as u
    ),
    known as (
        {%- for target in referenced_tables(counted_tables()) %}
            select source_system, '{{ target }}' as references_name, id, {{ bare_id("id") }} as bare
            from known_{{ target }}
            where '{{ target }}' in (select references_name from unknown)
            {% if not loop.last -%}
                union all
            {% endif -%}
        {%- endfor %}
    ),
    alike as (
        select
            a.source_system,
            a.references_name,
            a.id,
            min(
                case
                    when k.source_system <> a.source_system
                    then case when k.id = a.id then 6 end
                    when a.integer_id = k.id or {{ integer_form("k.id") }} = a.id
                    then 1
                    when a.unblanked = {{ unblanked_id("k.id") }}
                    then 2
                    when lower(a.id) = lower(k.id)
                    then 3
                    when a.unpadded = {{ unpadded_id("k.id") }}
                    then 4
                    when a.folded = {{ folded_id("k.id") }}
                    then 5
                    else 7
                end
            ) as cause_order
        from asked as a
        inner join known as k on k.references_name = a.references_name and k.bare = a.bare
        group by a.source_system, a.references_name, a.id
    ),
    gone as (
        {%- for target in referenced_tables(counted_tables()) %}
            select source_system, '{{ target }}' as references_name, entity_id as id
            from {{ ref("deletions") }}
            where
                lower(entity_code)
                in ('{{ target }}', '{{ canonical_table(target)["columns"][entity_column(target)]["entity"] }}')
            {% if not loop.last -%}
                union
            {% endif -%}
        {%- endfor %}
    ),
    {#- Given whole, even without a row: then an id that names one is an orphan. -#}
    present as (
        select source_system, table_name
        from {{ ref("table_counts") }}
        union
        select source_system, table_name
        from ({{ loaded_tables() }}) as given
    )

select
    u.source_system,
    u.table_name,
    u.column_name,
    u.references_name,
    u.id as unknown_id,
    u.use_count,
    p.table_name is null as is_dangling,
    case
        when g.id is not null
        then 'deleted'
        when lower(trim(u.id)) in ({{ null_words() }})
        then 'null_text'
        when c.cause_code is not null
        then c.cause_code
        when p.table_name is null
        then 'missing_table'
        when {{ integer_form("u.id") }} is not null
        then 'float_form'
        else 'not_listed'
    end as cause_code
from unknown as u
left join present as p on p.source_system = u.source_system and p.table_name = u.references_name
left join gone as g on g.source_system = u.source_system and g.references_name = u.references_name and g.id = u.id
left join alike as s on s.source_system = u.source_system and s.references_name = u.references_name and s.id = u.id
left join {{ ref("unknown_id_causes") }} as c on c.cause_order = s.cause_order
