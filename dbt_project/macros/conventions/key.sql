{#-
    Surrogate key: a short hash of the parts (12 characters), each with its length in front, so that ('ab','c') and ('a','bc') differ and null differs from ''.
    Stable: the same parts give the same key in every run, on every engine. Parts are SQL expressions; the first should name the entity.
-#}
{% macro key(entity, parts) -%}
    {%- set text -%}
        concat(
            'v1|{{ entity }}'
            {%- for part in parts %}
                {%- set value = "cast(" ~ part ~ " as " ~ text_type() ~ ")" %},
                case when {{ part }} is null then '|-' else concat('|', length({{ value }}), ':', {{ value }}) end
            {%- endfor %}
        )
    {%- endset -%}
    {{ short_hash(text) }}
{%- endmacro %}
