{#-
    Tables and views are replaced by dropping and creating them in one transaction. dbt-duckdb's own way (build beside, two renames, a drop, each
    through a macro context of its own) costs a fifth of a daily build; in DuckDB DDL is transactional, so a kill or an error
    leaves the old relation, and a reader never sees none. No grants and no indexes: the build file has one owner.
-#}
{% materialization table, adapter = "duckdb", supported_languages = ["sql", "python"] %}
    {%- if model["language"] == "sql" -%} {{ return(replace_relation("table")) }} {%- endif -%}
    {#-
        dbt runs Python only from the materialization itself, not from a macro that it calls, and over a connection of its own: the old table must be
        gone for it. A kill in between leaves no table, and the next run makes it.
    -#}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is not none -%}
        {%- call statement("drop") -%} drop {{ existing.type }} if exists {{ existing }}
        {%- endcall -%}
    {%- endif -%}
    {{ adapter.commit() }}
    {%- call statement("main", language="python") -%}
        {{- create_table_as(False, target, compiled_code, "python") }}
    {%- endcall -%}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}

{% materialization view, adapter = "duckdb" %} {{ return(replace_relation("view")) }} {% endmaterialization %}

{% macro replace_relation(type) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=type) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is not none -%}
        {%- call statement("drop") -%} drop {{ existing.type }} if exists {{ existing }}
        {%- endcall -%}
    {%- endif -%}
    {%- if type == "view" -%}
        {%- call statement("main") -%} {{ get_create_view_as_sql(target, compiled_code) }} {%- endcall -%}
    {%- else -%}
        {#-
            Text is stored as it is: DuckDB's search for a compression costs more than all else about a large table (measured, 3.5 M rows of
            fct_activities: 2.1 CPU s instead of 6.4; 1 M of fct_applications: 2.5 instead of 4.1), at two to three times the size in a file that is
            private and rewritten. Staging, which is kept, compresses. The last rows of a table are written with the commit: the setting stays until then.
        -#}
        {%- call statement("main", language=model["language"]) -%}
            set disabled_compression_methods = 'dict_fsst';
            {{ create_table_as(False, target, compiled_code, model["language"]) }}
            ;
        {%- endcall -%}
    {%- endif -%}
    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {%- if type != "view" -%}
        {%- call statement("compress_again", auto_begin=False) -%} reset disabled_compression_methods {%- endcall -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{% endmacro %}
