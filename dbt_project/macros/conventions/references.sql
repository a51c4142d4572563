{#-
    Foreign ids: the columns of vars.canonical_tables that name a row of another table (`references`), and how two spellings of an id compare.
    Everything that asks whether an id is known goes through here: integer_ids (what is joined), unknown_ids (what joins nothing).
-#}
{#- The columns of a table that name a row of another: column -> the table referenced. -#}
{% macro references_of(table) -%}
    {%- set found = {} -%}
    {%- for column, facts in canonical_table(table)["columns"].items() if facts.get("references") %}
        {% do found.update({column: facts["references"]}) %}
    {% endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The tables whose references are counted: of the answers about oneself not even a count is published. -#}
{% macro counted_tables() -%}
    {%- set found = [] -%}
    {%- for table, facts in var("canonical_tables").items() if facts.get("restricted") != "eeo" %}
        {% do found.append(table) %}
    {% endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The tables that any of `tables` references, in order. -#}
{% macro referenced_tables(tables) -%}
    {%- set found = [] -%}
    {%- for table in tables %}
        {%- for target in references_of(table).values() if target not in found %}
            {% do found.append(target) %}
        {% endfor -%}
    {%- endfor %}
    {{ return(found | sort) }}
{%- endmacro %}

{#- The column of the row's own id. -#}
{% macro entity_column(table) -%} {{ return(canonical_columns_with(table, "entity") | first) }} {%- endmacro %}

{#-
    The integer that an id is written for, as text: `5.0`, `1e5` and 123.00 are what spreadsheets and DataFrames make of 5, 100000 and 123. Null for
    every other id, also for an integer itself. Whole numbers are exact below 2^53.
-#}
{% macro integer_form(id) -%}
    case
        when
            ({{ id }} like '%.%' or lower({{ id }}) like '%e%') and abs(try_cast({{ id }} as double)) < 9007199254740992
        then
            case
                when try_cast({{ id }} as double) = floor(try_cast({{ id }} as double))
                then cast(cast(try_cast({{ id }} as double) as bigint) as {{ text_type() }})
            end
    end
{%- endmacro %}

{#- An id without blanks, also those that no trim takes. -#}
{% macro unblanked_id(id) -%} {{ replace_pattern(id, "[\\s\\x{00A0}\\x{200B}\\x{FEFF}]", "") }} {%- endmacro %}

{#- An id without leading zeros. -#}
{% macro unpadded_id(id) -%} {{ replace_pattern(id, "^0+", "") }} {%- endmacro %}

{#- How two ids compare that are one but for their spelling: case, blanks, padding, float form. -#}
{% macro folded_id(id) -%}
    {%- set plain = "lower(" ~ unblanked_id(id) ~ ")" -%}
    {{ unpadded_id("coalesce(" ~ integer_form(plain) ~ ", " ~ plain ~ ")") }}
{%- endmacro %}

{#- The same without what stands before the last sign that is no letter or digit: `greenhouse:123`, `job-123` and 123 are one. -#}
{% macro bare_id(id) -%} {{ replace_pattern(folded_id(id), "^.*[^0-9a-z.]", "") }} {%- endmacro %}

{#- Words that exports write for nothing, as a list of SQL texts in lower case; the last three may be ids as well. -#}
{% macro null_words() -%}
    {{ return("'" ~ (var("null_texts") + ["na", "unknown", "?"]) | join("', '") ~ "'") }}
{%- endmacro %}

{#-
    A file's rows with the ids that integer_ids joins in place of those written: before the latest version is found, because an id may be part of
    the row's key.
-#}
{% macro canonical_file_versions(table) -%}
    {%- set references = references_of(table) -%}
    {%- if not references -%} {{ ref("stg_canonical_files__" ~ table) }}
    {%- else -%}
        (
            select
                s.source_system,
                s.stated_source_system,
                s.record_id,
                s.payload_hash,
                s.load_file,
                s.observed_at
                {%- for column in canonical_columns(table) %}
                    ,
                    {% if column in references -%}
                        coalesce({{ column }}_joined.joined_id, s.{{ column }}) as {{ column }}
                    {%- else -%} s.{{ column }}
                    {%- endif %}
                {%- endfor %}
            from {{ ref("stg_canonical_files__" ~ table) }} as s
            {%- for column in references %}
                left join
                    {{ ref("integer_ids") }} as {{ column }}_joined
                    on {{ column }}_joined.table_name = '{{ table }}'
                    and {{ column }}_joined.column_name = '{{ column }}'
                    and {{ column }}_joined.source_system = coalesce(s.stated_source_system, s.source_system)
                    and {{ column }}_joined.written_id = s.{{ column }}
            {%- endfor %}
        )
    {%- endif -%}
{%- endmacro %}
