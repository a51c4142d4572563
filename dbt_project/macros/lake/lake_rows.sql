{#-
    The log's rows of one stream that this model does not hold yet: on an incremental run only files that no row of {{ this }} came from,
    else every file; without a file, the same columns and no row. load_file is the path below the lake, so that a home can be moved.
-#}
{% macro lake_rows(kind, stream) -%}
    {%- set root = lake_root() ~ "/" -%}
    {%- set known = [] -%}
    {%- if execute and is_incremental() -%}
        {%- for row in run_query("select distinct load_file from " ~ this).rows %}
            {% do known.append(root ~ row[0]) %}
        {% endfor -%}
    {%- endif -%}
    {%- set files = lake_files(kind, stream) | reject("in", known) | map("string") | list -%}
    select
        source as source_system,
        record_id,
        payload,
        payload_hash,
        load_id,
        {% if files -%} substr(filename, {{ root | length + 1 }})
        {%- else -%} load_id
        {%- endif %} as load_file,
        observed_at
    from
        {% if files -%}
            read_parquet(
                [{% for file in files -%}{{ sql_text(file) }} {%- if not loop.last %}, {% endif %} {% endfor %}],
                filename = true,
                hive_partitioning = false
            )
        {%- else -%}
            (
                select
                    cast(null as varchar) as source,
                    cast(null as varchar) as record_id,
                    cast(null as varchar) as payload,
                    cast(null as varchar) as payload_hash,
                    cast(null as varchar) as load_id,
                    cast(null as timestamp) as observed_at
                where false
            )
        {%- endif %}
{%- endmacro %}

{#-
    End of the newest window in the log (an SQL literal); 1970 for an empty lake. Only files of the newest load_date are opened: that folder's
    name is the day of window_end. A window in which nothing changed leaves no file, so a run passes as_of from the ledger instead.
-#}
{% macro lake_newest_window_end() -%}
    {%- set found = namespace(value="1970-01-01 00:00:00") -%}
    {%- if execute -%}
        {%- set days = {} -%}
        {%- for row in run_query(
            "select file from glob(" ~ sql_text(lake_root() ~ "/*/*/load_date=*/*.parquet") ~ ")"
        ).rows -%}
            {%- set parts = row[0].split("/") -%}
            {%- if not parts[-1].startswith(".") %}
                {% do days.setdefault(parts[-2], []).append(sql_text(row[0])) %}
            {% endif -%}
        {%- endfor -%}
        {%- if days -%}
            {%- set newest = days[days.keys() | max] | sort | join(", ") -%}
            {%- set found.value = run_query(
                "select max(window_end) from read_parquet([" ~ newest ~ "], hive_partitioning = false)"
            ).rows[0][0] -%}
        {%- endif -%}
    {%- endif -%}
    cast('{{ found.value }}' as timestamp)
{%- endmacro %}
