{#-
    Rows of config/<folder><name>.csv as text columns (trimmed, empty = null); no row if the company has no such file. `dates` are ISO days:
    valid_from the first and valid_to the last day on which the row holds; empty = always. A wrong header or a bad date stops the run with the
    file, the line and the remedy: a mapping that is half understood would move numbers silently.
-#}
{% macro mapping_file(name, required, optional, dates=["valid_from", "valid_to"], folder="mappings/") -%}
    {%- set path = env_var("FUNNELCAST_CONFIG", "config") ~ "/" ~ folder ~ name ~ ".csv" -%}
    {%- set columns = required + optional + dates -%}
    {%- set found = [] -%}
    {%- if execute and run_query("select count(*) from glob(" ~ sql_text(path) ~ ")").rows[0][0] -%}
        {%- for row in run_query("describe select * from " ~ read_mapping(path)).rows %}
            {% do found.append(row[0] | trim | lower) %}
        {% endfor -%}
        {%- do check_mapping_header(path, found, columns, required) -%}
        {%- do check_mapping_dates(path, found, required, dates) -%}
    {%- endif -%}
    select
        {% for column in columns -%}
            {%- set text = 'nullif(trim("' ~ column ~ "\"), '')" if column in found else "cast(null as varchar)" -%}
            {% if column in dates -%} {{ parse_date(text) }}
            {%- else -%} {{ text }}
            {%- endif %} as {{ column }}
            {%- if not loop.last %}, {% endif %}
        {% endfor -%}
    from {% if found -%} {{ read_mapping(path) }} {%- else -%} (select 1 where false) {%- endif %}
{%- endmacro %}

{% macro read_mapping(path) -%}
    read_csv(
        {{ sql_text(path) }},
        header = true,
        delim = ',',
        quote = '"',
        all_varchar = true,
        null_padding = true,
        normalize_names = false
    )
{%- endmacro %}

{% macro check_mapping_header(path, found, columns, required) -%}
    {%- set unknown = found | reject("in", columns) | list -%}
    {%- set missing = required | reject("in", found) | list -%}
    {%- if unknown or missing -%}
        {%- set problem = (
            "has no column '" ~ missing[0] ~ "'"
            if missing
            else "has a column '" ~ unknown[0] ~ "' that is not known"
        ) -%}
        {{
            exceptions.raise_compiler_error(
                path ~ ":1: " ~ problem ~ ". Its first line should be: " ~ columns | join(",")
            )
        }}
    {%- endif -%}
{%- endmacro %}

{% macro check_mapping_dates(path, found, required, dates) -%}
    {%- for column in dates if column in found -%}
        {%- set text = 'trim("' ~ column ~ '")' -%}
        {%- set query -%}
            select name, value
            from (select "{{ required[0] }}" as name, {{ text }} as value from {{ read_mapping(path) }})
            where value <> '' and ({{ parse_date('value') }}) is null
            limit 1
        {%- endset -%}
        {%- for row in run_query(query).rows -%}
            {{
                exceptions.raise_compiler_error(
                    path
                    ~ ": "
                    ~ column
                    ~ " '"
                    ~ row[1]
                    ~ "' in the row of '"
                    ~ row[0]
                    ~ "' is not an ISO date. Write it like 2026-03-31, or leave it empty for 'always'."
                )
            }}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
