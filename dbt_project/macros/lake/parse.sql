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
    {%- elif type == "double" -%} {{ parse_double(text) }}
    {%- elif type == "boolean" -%} try_cast({{ text }} as boolean)
    {%- else -%} {{ exceptions.raise_compiler_error("parse_as knows no type '" ~ type ~ "'") }}
    {%- endif -%}
{%- endmacro %}

{#-
    An instant as naive UTC, or null. `...Z` is the fast path. What has no zone is UTC; an offset lies within 18 hours; a bare date is its first
    instant in the company's zone, as everywhere (docs/concepts.md). Only a text with a zone reaches the cast to timestamptz: on duckdb 1.5.5 a
    named zone (`... Europe/Berlin`) stays in force for the rows behind it that have none. Infinities and ISO without dashes are no instants.
-#}
{% macro parse_timestamp(text) -%}
    case
        when {{ text }} like '____-__-__%:__:%Z'
        then try_cast({{ text }} as timestamp)
        when regexp_full_match({{ text }}, '\d{4}-\d{2}-\d{2}')
        then
            timezone('UTC', timezone({{ sql_text(var("time_zone")) }}, cast(try_cast({{ text }} as date) as timestamp)))
        when regexp_full_match({{ text }}, '{{ local_time() }}')
        then try_cast({{ text }} as timestamp)
        when
            regexp_full_match(
                {{ text }},
                '{{ local_time() }} ?(Z|[+-](0\d|1[0-7])(:?[0-5]\d)?|[+-]18(:?00)?|[A-Za-z][A-Za-z_]+(/[A-Za-z_+-]+[0-9]*)*)'
            )
        then
            timezone(
                'UTC',
                try_cast(
                    regexp_replace(
                        regexp_replace({{ text }}, '^(.{10}[T ]\d{2}:\d{2})( ?[A-Za-z+-].*)$', '\1:00\2'),
                        ' ([+-])',
                        '\1'
                    ) as timestamptz
                )
            )
    end
{%- endmacro %}
{#- What an instant without a zone looks like, as a regular expression. -#}
{% macro local_time() -%} {{ return("\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(:\\d{2}([.]\\d+)?)?") }} {%- endmacro %}

{% macro parse_unix_seconds(text) -%} {{ parse_epoch(text, 1000000) }} {%- endmacro %}
{% macro parse_unix_millis(text) -%} {{ parse_epoch(text, 1000) }} {%- endmacro %}

{#- A number of seconds or milliseconds, of which `microseconds` make one, within the years that a timestamp has. -#}
{% macro parse_epoch(text, microseconds) -%}
    case
        when abs(try_cast({{ text }} as double)) <= 253402300799000000 / {{ microseconds }}
        then make_timestamp(cast(try_cast({{ text }} as double) * {{ microseconds }} as bigint))
    end
{%- endmacro %}

{#- An ISO date; the date of an instant written where a date belongs is its own calendar day as written. -#}
{% macro parse_date(text) -%}
    case
        when regexp_full_match({{ text }}, '\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?')
        then try_cast(substr({{ text }}, 1, 10) as date)
    end
{%- endmacro %}

{#- A finite number: no infinity, no NaN. -#}
{% macro parse_double(text) -%}
    case when isfinite(try_cast({{ text }} as double)) then try_cast({{ text }} as double) end
{%- endmacro %}

{% macro parse_integer(text) -%}
    case when try_cast({{ text }} as double) = try_cast({{ text }} as bigint) then try_cast({{ text }} as bigint) end
{%- endmacro %}

{#- A list of texts, trimmed, each once. -#}
{% macro distinct_texts(list) -%} list_distinct(list_transform({{ list }}, lambda t:trim(t))) {%- endmacro %}
