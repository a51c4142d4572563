{#-
    Schema raw: a view per declared source (models/staging/<kind>/_sources.yml) over the log's files of that stream, so that plain SQL, lineage and
    `dbt source freshness` see the lake. A view names folders, so those of streams that have files are created anew at the start of each invocation.
    Staging does not read through them: it opens only files that it does not hold yet (lake_rows).
-#}
{% macro create_raw_views() -%}
    {%- if execute -%}
        {%- set folders = {} -%}
        {%- for row in run_query(
            "select distinct string_split(file, '/')[-4], string_split(file, '/')[-3] from glob("
            ~ sql_text(lake_root() ~ "/*/*/load_date=*/" ~ lake_file_pattern())
            ~ ") order by all"
        ).rows -%}
            {% do folders.setdefault(row[1], []).append(row[0]) %}
        {% endfor -%}
        {%- set sources_of = lake_sources() -%}
        {%- set existing = [] -%}
        {%- for row in run_query("select view_name from duckdb_views() where schema_name = 'raw'").rows -%}
            {% do existing.append(row[0]) %}
        {% endfor -%}
        create schema if not exists raw;
        {% for source in graph.sources.values() if source.schema == "raw" -%}
            {%- set patterns = [] -%}
            {%- for name in sources_of.get(source.source_name, []) if name in folders.get(source.name, []) -%}
                {%- do patterns.append(
                    lake_root() ~ "/" ~ name ~ "/" ~ source.name ~ "/load_date=*/" ~ lake_file_pattern()
                ) -%}
            {%- endfor -%}
            {%- if patterns or source.identifier not in existing -%}
                create or replace view raw.{{ source.identifier }} as {{ log_rows(patterns) }};
            {%- endif -%}
        {% endfor -%}
    {%- endif -%}
{%- endmacro %}

{#-
    Of a source in schema raw: when its stream was last known whole, as `loaded_at_query` of freshness. The oldest of the sources that have it, each by its
    newest window in the ledger's copy or in its files. A stream that no source has is not late.
-#}
{% macro newest_window_end_of(source) -%}
    {%- set names = lake_sources().get(source.source_name, []) | map("tojson") | join(", ") | replace('"', "'") -%}
    select coalesce(min(newest), cast({{ current_timestamp() }} as timestamp))
    from
        (
            select source_system, max(window_end) as newest
            from
                (
                    select source_system, window_end
                    from {{ source.relation_name }}
                    {%- if names %}
                        union all
                        select source_system, window_end
                        from quality.load_counts
                        where stream = '{{ source.name }}' and status = 'complete' and source_system in ({{ names }})
                    {%- endif %}
                ) as windows
            group by source_system
        ) as by_source
{%- endmacro %}
