{#- Rows of files of the log (paths or patterns); without a file, the same columns and no row. load_file is the path below the lake, so that a home can be moved. -#}
{% macro log_rows(files) -%}
    {%- set root = lake_root() ~ "/" -%}
    {%- if files -%}
        select
            source as source_system,
            record_id,
            payload,
            payload_hash,
            load_id,
            substr(filename, {{ root | length + 1 }}) as load_file,
            observed_at,
            window_end
        from
            read_parquet(
                [{% for file in files -%}{{ sql_text(file) }} {%- if not loop.last %}, {% endif %} {% endfor %}],
                filename = true,
                hive_partitioning = false
            )
    {%- else -%}
        {{
            no_rows(
                {
                    "source_system": "varchar",
                    "record_id": "varchar",
                    "payload": "varchar",
                    "payload_hash": "varchar",
                    "load_id": "varchar",
                    "load_file": "varchar",
                    "observed_at": "timestamp",
                    "window_end": "timestamp",
                }
            )
        }}
    {%- endif -%}
{%- endmacro %}

{#-
    The rows of the source raw.<kind>__<stream> that this model does not hold yet: on an incremental run only files that no row of {{ this }} came
    from, else every file.
-#}
{% macro lake_rows(kind, stream) -%}
    {%- do source(kind, stream) -%}
    {%- set known = [] -%}
    {%- if execute and is_incremental() -%}
        {%- for row in run_query("select distinct load_file from " ~ this).rows %}
            {% do known.append(lake_root() ~ "/" ~ row[0]) %}
        {% endfor -%}
    {%- endif -%}
    {{ log_rows(lake_files(kind, stream) | reject("in", known) | map("string") | list) }}
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
            "select file from glob("
            ~ sql_text(lake_root() ~ "/*/*/load_date=*/" ~ lake_file_pattern())
            ~ ")"
        ).rows %}
            {% do days.setdefault(row[0].split("/")[-2], []).append(sql_text(row[0])) %}
        {% endfor -%}
        {%- if days -%}
            {%- set newest = days[days.keys() | max] | sort | join(", ") -%}
            {%- set found.value = run_query(
                "select max(window_end) from read_parquet([" ~ newest ~ "], hive_partitioning = false)"
            ).rows[0][0] -%}
        {%- endif -%}
    {%- endif -%}
    cast('{{ found.value }}' as timestamp)
{%- endmacro %}
