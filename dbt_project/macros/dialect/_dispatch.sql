{#-
    What is not ANSI SQL goes through a macro in this folder. A macro `thing(...)` calls `dialect('thing', [...])`, which picks
    `duckdb__thing`, `spark__thing`, ... by var('dialect'), else `default__thing`. Not dbt's adapter.dispatch, because that follows the connected
    adapter, and a test compiles the whole project for a second dialect with no such engine at hand (tests/contracts).
-#}
{% macro dialect(name, args) -%}
    {%- set chosen = context.get(var("dialect") ~ "__" ~ name) or context.get("default__" ~ name) -%}
    {%- if not chosen %}
        {{ exceptions.raise_compiler_error("no " ~ var("dialect") ~ " version of dialect macro '" ~ name ~ "'") }}
    {% endif -%}
    {{ return(chosen(*args)) }}
{%- endmacro %}
