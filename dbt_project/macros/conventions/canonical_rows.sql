{#-
    The rows of the CTE `rows` in the shape of a canonical table: every column, typed, in order; what the source does not have is null. So a model
    says in plain SQL what it has, under the table's names. A name that the table does not have would be left out; a test refuses it, because SQL has
    no way to ask.
-#}
{% macro canonical_rows(table, rows) -%}
    {%- set columns = canonical_columns(table) -%}
    (
        select
            source_system,
            {%- for column in columns %}
                cast({{ column }} as {{ canonical_type(table, column) }}) as {{ column }},
            {%- endfor %}
            observed_at
        from
            (
                select *
                from {{ rows }}
                union all by name
                select {% for column in columns -%} null as {{ column }} {{- ", " if not loop.last }} {%- endfor %}
                where false
            ) as every_column
    )
{%- endmacro %}

{#-
    The rows of a canonical table over every kind of source, before the event clock: int_<kind>__<table>, and the files, whose rows have the shape
    already (written in place: a model of its own per table would add 32 nodes that say nothing). `origin_column` names a column for the source
    that a row was read from, which differs from its source_system where a file says so.
-#}
{% macro canonical_union(table, origin_column=none) -%}
    {%- set columns = canonical_columns(table) + ["observed_at"] -%}
    {%- set relations = {"canonical_files__" ~ table: ["(" ~ canonical_file_rows(table) ~ ")", "read_from"]} -%}
    {%- for kind in kinds_that_feed(table) %}
        {% do relations.update({kind: [ref("int_" ~ kind ~ "__" ~ table), "source_system"]}) %}
    {% endfor -%}
    {%- set queries = {} -%}
    {%- for name, (rows, origin) in relations.items() -%}
        {%- set origins = [origin ~ " as " ~ origin_column] if origin_column else [] -%}
        {%- set listed = (["source_system"] + origins + columns) | join(", ") -%}
        {%- do queries.update({name: "select " ~ listed ~ " from " ~ rows}) -%}
    {%- endfor -%}
    {{ over_kinds(table, queries, ["source_system"] + ([origin_column] if origin_column else []) + columns) }}
{%- endmacro %}

{#-
    One query per kind of source, put together; `columns` are theirs, in order, as the canonical table types them. A query is named by what the
    log must have for it: a kind, or canonical_files__<table>. What is idle (the var) is left out: its staging models need not be there. Lineage has all, because dbt parses with
    nothing idle.
-#}
{% macro over_kinds(table, queries, columns) -%}
    {%- set present = [] -%}
    {%- for name, query in queries.items() if has_source(name) -%} {%- do present.append(query) -%} {%- endfor -%}
    {%- if present -%} {{ present | join("\nunion all\n") }}
    {%- else -%}
        {%- set types = {} -%}
        {%- for column in columns -%} {%- do types.update({column: canonical_type(table, column)}) -%}
        {%- endfor -%}
        {{ no_rows(types) }}
    {%- endif -%}
{%- endmacro %}
{% macro has_source(name) -%}
    {{ return(name not in var("idle") and name.split("__")[0] not in var("idle")) }}
{%- endmacro %}

{#-
    A canonical model: the union over kinds under the run's event clock (concepts.md "Clocks"). Rows whose `happened` column lies at or after
    as_of are dropped; `clear` columns (closings, resolutions) that lie there are null again; `replace` gives a column its own expression,
    with `r` the row and `clock.as_of`; `derived` columns (vars.canonical_tables) have theirs the same way. Attributes without a history stay as known.
    What was deleted before as_of is gone. `rows`: a query that has read the union already.
-#}
{% macro canonical_model(table, happened=none, clear=[], replace={}, derived={}, rows=none) -%}
    with rows_of_all_kinds as ({{ rows or canonical_union(table) }})

    select
        r.source_system,
        {%- for column in canonical_columns(table) %}
            {% if column in replace -%} {{ replace[column] }} as {{ column }},
            {%- elif column in clear -%} case when r.{{ column }} < clock.as_of then r.{{ column }} end as {{ column }},
            {%- else -%} r.{{ column }},
            {%- endif %}
        {%- endfor %}
        {%- for column, expression in derived.items() %} {{ expression }} as {{ column }}, {%- endfor %}
        r.observed_at
    from rows_of_all_kinds as r
    cross join {{ ref("run_clock") }} as clock {{ deletions_of(table, "r") }}
    where
        {{ is_not_deleted(table) }}
        {%- if happened %} and (r.{{ happened }} is null or r.{{ happened }} < clock.as_of) {%- endif %}
{%- endmacro %}

{#-
    Deletions (table `deletions`, as of the run's clock) joined to rows of a table, and the condition that keeps what is not deleted. A deletion
    names its entity by the table's name or the entity's code, and the entity's own id: rows that only point to it stay, and join nothing. Rows
    without an id of their own (visits, links, contacts) cannot be named.
-#}
{% macro deletions_of(table, row) -%}
    {%- for id in canonical_columns_with(table, "entity") %}
        left join
            {{ ref("deletions") }} as gone
            on gone.source_system = {{ row }}.source_system
            and gone.entity_id = {{ row }}.{{ id }}
            and lower(gone.entity_code) in ('{{ table }}', '{{ canonical_table(table)["columns"][id]["entity"] }}')
    {%- endfor -%}
{%- endmacro %}
{% macro is_not_deleted(table) -%}
    {{ "gone.entity_id is null" if canonical_columns_with(table, "entity") else "true" }}
{%- endmacro %}

{#-
    Staging and canonical shape of the plain kind: a file's columns are the canonical table's own. Values are trimmed (people write these
    files), and what the table calls a code is in lower case.
-#}
{% macro stage_canonical_file(table) -%}
    {%- set columns = [] -%}
    {%- for column, facts in canonical_table(table)["columns"].items() %}
        {% do columns.append(column ~ ":" ~ ("varchar" if facts["type"] == "text" else facts["type"])) %}
    {% endfor -%}
    {{ stage_stream("canonical_files", table, columns + ["stated_source_system=source_system"], is_trimmed=true) }}
{%- endmacro %}

{#- A file may say that its rows are another source's (an export of a CRM's messages beside the CRM itself): column source_system. -#}
{% macro canonical_file_rows(table) -%}
    select
        coalesce(r.stated_source_system, r.source_system) as source_system,
        r.source_system as read_from,
        {%- for column in canonical_columns(table) %}
            cast(r.{{ column }} as {{ canonical_type(table, column) }}) as {{ column }},
        {%- endfor %}
        r.observed_at
    from
        {{
            latest_version(
                canonical_file_versions(table),
                table,
                updated_column="updated_at" if "updated_at" in canonical_columns(table) else none,
                id_columns=canonical_columns_with(table, "key"),
                nullable=canonical_columns_with(table, "nullable"),
            )
        }} as r
{%- endmacro %}
