{#-
    A staging model: every record version of one stream of one kind, parsed once. `columns` are texts "name", "name:type" or
    "name:type=path.in.payload"; types: varchar (default), code (in lower case), timestamp, unix_seconds, unix_millis, date, integer, double, boolean, json,
    list (of text), list.<key> (of objects: the text under that key of each), rows.<key>.<key>... (of objects: those keys of each, as texts).
    One json_transform per record takes all fields as text (measured twice as fast as field by field); then each is typed, and
    parse_errors names the columns that are present but do not parse, and texts that are too long. Empty text is absent. The manifest says what is parsed (meta: kind, stream,
    and columns, each with its path in the payload), for those who must know it without reading SQL (orchestration/build/staged.py).
-#}
{% macro stage_stream(kind, stream, columns, is_trimmed=false) -%}
    {%- set parsed = [] -%}
    {%- set read = {} -%}
    {%- for column in columns %}
        {%- set field = staged_field(column, is_trimmed) -%}
        {% do parsed.append(field) %} {% do read.update({field.name: field.steps | join(".")}) %}
    {% endfor -%}
    {{
        config(
            materialized="incremental",
            incremental_strategy="append",
            on_schema_change="fail",
            meta={"kind": kind, "stream": stream, "columns": read},
        )
    }}
    with
        log as ({{ lake_rows(kind, stream) }}),

        fields as (
            select * exclude (payload), try(json_transform(payload, {{ sql_text(tojson(json_shape(parsed))) }})) as p
            from log
        )

    select
        source_system,
        record_id,
        payload_hash,
        load_id,
        load_file,
        observed_at,
        {%- for field in parsed %} {{ parse_as(field.type, field.text) }} as {{ field.name }}, {%- endfor %}
        {% set checked = parsed | selectattr("is_typed") | list -%}
        {% set texts = parsed | selectattr("type", "in", ("varchar", "code")) | list -%}
        nullif(
            concat_ws(
                ',',
                case when p is null then 'payload' end
                {%- for field in checked %}
                    ,
                    case
                        when {{ field.text }} is not null and {{ parse_as(field.type, field.text) }} is null
                        then '{{ field.name }}'
                    end
                {%- endfor %}
                {%- for field in texts %}
                    , case when length({{ field.text }}) > {{ var("longest_text") }} then '{{ field.name }}' end
                {%- endfor %}
            ),
            ''
        ) as parse_errors
    from fields
{%- endmacro %}

{#- "name:type=path" -> name, type, path (list), text (the SQL expression of the field as text). -#}
{% macro staged_field(field, is_trimmed=false) -%}
    {%- set left, _, path = field.partition("=") -%}
    {%- set name, _, type = left.partition(":") -%}
    {%- set steps = (path or name).split(".") -%}
    {%- set reference = 'p."' ~ steps | join('"."') ~ '"' -%}
    {%- set type = type or "varchar" -%}
    {%- set kind, _, element = type.partition(".") -%}
    {%- if kind == "rows" -%}
        {%- set keys = {} -%}
        {%- for key in element.split(".") %} {% do keys.update({key: "VARCHAR"}) %} {% endfor -%}
        {%- set shape = [keys] -%}
    {%- elif kind == "list" -%} {%- set shape = [{element: "VARCHAR"} if element else "VARCHAR"] -%}
    {%- else -%} {%- set shape = "JSON" if kind == "json" else "VARCHAR" -%}
    {%- endif -%}
    {{
        return(
            {
                "name": name,
                "type": type,
                "steps": steps,
                "shape": shape,
                "is_typed": kind not in ("varchar", "code", "json", "list", "rows"),
                "text": (
                    "list_transform(" ~ reference ~ ", lambda e: e." ~ element ~ ")"
                    if kind == "list" and element
                    else (
                        reference
                        if kind in ("json", "list", "rows")
                        else "nullif(" ~ ("trim(" ~ reference ~ ")" if is_trimmed else reference) ~ ", '')"
                    )
                ),
            }
        )
    }}
{%- endmacro %}

{#- The structure json_transform takes: nested objects of texts. -#}
{% macro json_shape(parsed) -%}
    {%- set shape = {} -%}
    {%- for field in parsed -%}
        {%- set here = namespace(at=shape) -%}
        {%- for step in field.steps[:-1] %} {% set here.at = here.at.setdefault(step, {}) %} {% endfor -%}
        {%- do here.at.update({field.steps[-1]: field.shape}) -%}
    {%- endfor -%}
    {{ return(shape) }}
{%- endmacro %}
