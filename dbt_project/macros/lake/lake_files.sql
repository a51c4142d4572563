{#-
    The log's files of one stream, over all sources of one kind: absolute paths, in order. The lake describes itself: each source's folder
    holds source.json with its kind. At parse time (no connection) the answer is empty.
-#}
{% macro lake_files(kind, stream) -%}
    {%- set files = [] -%}
    {%- if execute -%}
        {%- for source in lake_sources().get(kind, []) -%}
            {%- set pattern = lake_root() ~ "/" ~ source ~ "/" ~ stream ~ "/load_date=*/" ~ lake_file_pattern() -%}
            {%- for row in run_query("select file from glob(" ~ sql_text(pattern) ~ ") order by file").rows %}
                {% do files.append(row[0]) %}
            {% endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(files) }}
{%- endmacro %}

{#-
    Kind -> names of its sources that the lake knows, in order. A source whose records have another kind's shape (a database in canonical shape:
    canonical_files) says so and is read as that kind.
-#}
{% macro lake_sources() -%}
    {%- set names = {} -%}
    {%- if execute -%}
        {%- set pattern = sql_text(lake_root() ~ "/*/source.json") -%}
        {%- if run_query("select count(*) from glob(" ~ pattern ~ ")").rows[0][0] -%}
            {%- set query -%}
                select coalesce(shape, kind), name
                from read_json({{ pattern }}, columns = {name: 'VARCHAR', kind: 'VARCHAR', shape: 'VARCHAR'})
                order by name
            {%- endset -%}
            {%- for row in run_query(query).rows %} {% do names.setdefault(row[0], []).append(row[1]) %} {% endfor -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(names) }}
{%- endmacro %}
