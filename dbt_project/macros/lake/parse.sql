{#-
    Text from a payload -> typed value; null where it does not parse. One macro per type, chosen by parse_as.

    Traps measured on duckdb 1.5.5: cast('...+02:00' as timestamp) ignores the offset; cast('2026-01-01x' as date) gives a date;
    cast('1.5' as integer) gives 2.
-#}
{% macro parse_as(type, text) -%}
    {%- if type in ("varchar", "json") or type.startswith("list") or type.startswith("rows") -%} {{ text }}
    {%- elif type == "code" -%} lower({{ text }})
    {%- elif type == "timestamp" -%} {{ parse_timestamp(text) }}
    {%- elif type == "unix_seconds" -%} {{ parse_unix_seconds(text) }}
    {%- elif type == "unix_millis" -%} {{ parse_unix_millis(text) }}
    {%- elif type == "date" -%} {{ parse_date(text) }}
    {%- elif type == "integer" -%} {{ parse_integer(text) }}
    {%- elif type == "double" -%} try_cast({{ text }} as double)
    {%- elif type == "boolean" -%} try_cast({{ text }} as boolean)
    {%- else -%} {{ exceptions.raise_compiler_error("parse_as knows no type '" ~ type ~ "'") }}
    {%- endif -%}
{%- endmacro %}

{#-
    An instant as naive UTC. '...Z' is the fast path; an offset goes through timestamptz; no zone is UTC (the session's zone). An instant in
    minutes with a zone is ISO too, but no cast reads it.
    A bare date is its first instant in the company's zone, as everywhere (docs/concepts.md).
-#}
{% macro parse_timestamp(text) -%}
    case
        when {{ text }} like '%:__:%Z'
        then try_cast({{ text }} as timestamp)
        when length({{ text }}) = 10
        then
            timezone('UTC', timezone({{ sql_text(var("time_zone")) }}, cast(try_cast({{ text }} as date) as timestamp)))
        else
            timezone(
                'UTC',
                coalesce(
                    try_cast({{ text }} as timestamptz),
                    try_cast(
                        regexp_replace(
                            {{ text }}, '^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2})(Z|[+-]\d{2}(:?\d{2})?)$', '\1:00\2'
                        ) as timestamptz
                    )
                )
            )
    end
{%- endmacro %}

{% macro parse_unix_seconds(text) -%}
    make_timestamp(cast(try_cast({{ text }} as double) * 1000000 as bigint))
{%- endmacro %}

{% macro parse_unix_millis(text) -%}
    make_timestamp(cast(try_cast({{ text }} as double) * 1000 as bigint))
{%- endmacro %}

{#- An ISO date; the date of an instant written where a date belongs is its own calendar day as written. -#}
{% macro parse_date(text) -%}
    case
        when length({{ text }}) = 10
        then try_cast({{ text }} as date)
        when regexp_matches({{ text }}, '^\d{4}-\d{2}-\d{2}[T ]')
        then try_cast(substr({{ text }}, 1, 10) as date)
    end
{%- endmacro %}

{% macro parse_integer(text) -%}
    case when try_cast({{ text }} as double) = try_cast({{ text }} as bigint) then try_cast({{ text }} as bigint) end
{%- endmacro %}

{#- A list of texts, trimmed, each once. -#}
{% macro distinct_texts(list) -%} list_distinct(list_transform({{ list }}, lambda t:trim(t))) {%- endmacro %}
