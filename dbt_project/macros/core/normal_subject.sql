{#- A subject line as it is compared: without the marks of replies and forwards (Re:, Fwd:, AW:, WG: ..., repeated), single blanks. -#}
{% macro normal_subject(text) -%}
    {{
        replace_pattern(
            "trim(" ~ replace_pattern(text, "\\s+", " ") ~ ")",
            "^(([Rr][Ee]|[Ff][Ww][Dd]?|[Aa][Ww]|[Ww][Gg]|[Rr][Vv]|[Ss][Vv]) ?: *)+",
            "",
        )
    }}
{%- endmacro %}
