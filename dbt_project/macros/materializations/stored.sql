{#-
    `stored_table` and `stored_view`: dropped and created in one transaction (docs/decisions/0030-stored-tables.md). dbt-duckdb's own `table` and `view`
    build beside, rename twice and drop, each through a macro context of its own: a fifth of a daily build. In DuckDB DDL is transactional, so a kill
    or an error leaves the old relation, and a reader never sees none. No grants, indexes or constraints: the build file has one owner.
-#}
{% materialization stored_table, adapter = "duckdb" %} {{ return(replace_relation("table")) }} {% endmaterialization %}

{% materialization stored_view, adapter = "duckdb" %} {{ return(replace_relation("view")) }} {% endmaterialization %}

{% macro replace_relation(type) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=type) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- call statement("main") -%}
        {%- if existing is not none -%} drop {{ existing.type }} if exists {{ existing }}
            ;
        {% endif -%}
        {%- if type == "view" -%} {{ get_create_view_as_sql(target, compiled_code) }}
        {%- else -%} {{ create_stored_table(target, compiled_code) }}
        {%- endif -%}
    {%- endcall -%}
    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{% endmacro %}

{#-
    The table with its columns written out, to say which are stored as they are: the model's `meta.uncompressed`, text columns with about as many values
    as rows. DuckDB's search for a compression of such text costs more than all else about a large table and finds nothing (measured, 3.5 M rows of
    fct_activities: 6.4 CPU s instead of 2.1); text that repeats is written and read for less as a dictionary (the 17 largest tables of core and marts
    at 1 M applications: 36 CPU s and 0.8 GB instead of 40 and 1.8).
    A contract is compared here by the names of types, as the models write them; whatever differs is left to dbt to judge and to tell.
-#}
{% macro create_stored_table(target, query) %}
    {%- set uncompressed = config.get("meta", {}).get("uncompressed", []) -%}
    {%- set found = {} -%}
    {%- for column in get_column_schema_from_query(query) -%}
        {%- do found.update({column.name: column.dtype}) -%}
    {%- endfor -%}
    {%- for name in uncompressed if found.get(name) != "VARCHAR" -%}
        {{
            exceptions.raise_compiler_error(
                model["name"] ~ " has no text column '" ~ name ~ "', which its meta.uncompressed names"
            )
        }}
    {%- endfor -%}
    {%- set columns = found -%}
    {%- if config.get("contract").enforced -%}
        {%- set columns = {} -%}
        {%- for column in model["columns"].values() -%}
            {%- do columns.update(
                {column.name: {"string": "VARCHAR"}.get(column.data_type, column.data_type | upper)}
            ) -%}
        {%- endfor -%}
        {%- if columns != found -%} {{ get_assert_columns_equivalent(query) }} {%- endif -%}
    {%- endif -%}
    {%- if "." in columns | join %}
        {#- dbt tells the parts of a nested column instead of the column: its type cannot be written out. -#}
        create table {{ target }} as {{ query }}
    {%- else %}
        create table {{ target }}
        ({% for name, type in columns.items() -%}
            {{ adapter.quote(name) }} {{ type }} {{- " using compression uncompressed" if name in uncompressed }}
            {{- ", " if not loop.last }}
        {%- endfor %}) ;
        insert into {{ target }} by name {{ query }}
    {%- endif %}
{% endmacro %}
