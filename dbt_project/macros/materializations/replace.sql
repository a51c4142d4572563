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
        {%- call statement("main", language=model["language"]) -%}
            {{- create_table_as(False, target, compiled_code, model["language"]) }}
        {%- endcall -%}
    {%- endif -%}
    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{% endmacro %}
