{#- Text, per engine. -#}
{#- Every match of a regular expression replaced; patterns use only what RE2 and Java share. -#}
{% macro replace_pattern(text, pattern, replacement) -%}
    {{ dialect("replace_pattern", [text, pattern, replacement]) }}
{%- endmacro %}
{% macro duckdb__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}
{% macro spark__replace_pattern(text, pattern, replacement) -%}
    regexp_replace({{ text }}, r'{{ pattern }}', '{{ replacement }}')
{%- endmacro %}

{#- The pattern's first group in the text; '' or null where it does not match. -#}
{% macro extract_pattern(text, pattern) -%} {{ dialect("extract_pattern", [text, pattern]) }} {%- endmacro %}
{% macro duckdb__extract_pattern(text, pattern) -%} regexp_extract({{ text }}, '{{ pattern }}', 1) {%- endmacro %}
{% macro spark__extract_pattern(text, pattern) -%} regexp_extract({{ text }}, r'{{ pattern }}', 1) {%- endmacro %}

{#- Whether a regular expression (an SQL expression, so that it may be a column) is found in the text. -#}
{% macro matches_pattern(text, pattern) -%} {{ dialect("matches_pattern", [text, pattern]) }} {%- endmacro %}
{% macro duckdb__matches_pattern(text, pattern) -%} regexp_matches({{ text }}, {{ pattern }}) {%- endmacro %}
{% macro spark__matches_pattern(text, pattern) -%}({{ text }} rlike {{ pattern }}) {%- endmacro %}

{#- A code or an address as it is compared: without case and outer blanks. -#}
{% macro code_key(text) -%} lower(trim({{ text }})) {%- endmacro %}

{#-
    A name that people write (a stage, a reason, a source) as it is compared: composed (NFC), without case, every stretch of blanks one space. The same
    in Python: base/names.py. Thrice the cost of code_key, so it is asked of lists, not of every row of a fact.
-#}
{% macro name_key(text) -%}
    replace(lower(upper(trim({{ replace_pattern(composed(text), "[\\s\\p{Z}\\x{200B}\\x{FEFF}]+", " ") }}))), 'ß', 'ss')
{%- endmacro %}

{#- Letters with their accents as one character each. Spark has no function for it: its names are compared as they come. -#}
{% macro composed(text) -%} {{ dialect("composed", [text]) }} {%- endmacro %}
{% macro duckdb__composed(text) -%} nfc_normalize({{ text }}) {%- endmacro %}
{% macro spark__composed(text) -%} {{ text }} {%- endmacro %}

{#- `with x as {{ materialized() }} (...)`: computed once. Long chains of CTEs otherwise cost an optimizer seconds (measured: 12 s for 20). -#}
{% macro materialized() -%} {{ dialect("materialized", []) }} {%- endmacro %}
{% macro duckdb__materialized() -%} materialized {%- endmacro %}
{% macro spark__materialized() -%} {%- endmacro %}

{#- A number of 64 bits for texts, to group by before the texts themselves; equal texts give equal numbers within one build. -#}
{% macro text_hash(texts) -%} {{ dialect("text_hash", [texts]) }} {%- endmacro %}
{% macro duckdb__text_hash(texts) -%} hash({{ texts | join(", ") }}) {%- endmacro %}
{% macro spark__text_hash(texts) -%} xxhash64({{ texts | join(", ") }}) {%- endmacro %}
