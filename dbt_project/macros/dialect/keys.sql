{#-
    Twelve characters of A-Z a-z 0-9 - _: the first 72 bits of the md5 of a text. Twelve is what DuckDB keeps in place: such keys are sorted, joined
    and stored for half of what 32 hex digits cost, and two of a hundred million of a kind fall together once in a million builds
    (docs/decisions/0009-short-keys.md).
-#}
{% macro short_hash(text) -%} {{ dialect("short_hash", [text]) }} {%- endmacro %}
{% macro duckdb__short_hash(text) -%}
    replace(replace(to_base64(unhex(substr(md5({{ text }}), 1, 18))), '+', '-'), '/', '_')
{%- endmacro %}
{% macro spark__short_hash(text) -%}
    translate(base64(unhex(substr(md5({{ text }}), 1, 18))), '+/', '-_')
{%- endmacro %}

{#- The lowest bits of a whole number that is not negative, and what is left above them. -#}
{% macro low_bits(number, bits) -%} {{ dialect("low_bits", [number, bits]) }} {%- endmacro %}
{% macro duckdb__low_bits(number, bits) -%} ({{ number }} & {{ 2**bits - 1 }}) {%- endmacro %}
{% macro default__low_bits(number, bits) -%} mod({{ number }}, {{ 2**bits }}) {%- endmacro %}
{% macro high_bits(number, bits) -%} {{ dialect("high_bits", [number, bits]) }} {%- endmacro %}
{% macro duckdb__high_bits(number, bits) -%} ({{ number }} >> {{ bits }}) {%- endmacro %}
{% macro default__high_bits(number, bits) -%}
    cast(({{ number }} - {{ low_bits(number, bits) }}) / {{ 2**bits }} as bigint)
{%- endmacro %}
