{#-
    Whose act a close reason is by the tenant's mapping of its name (reasons.csv), for staging models that must know it to tell a withdrawal from
    a rejection: the source's own row before the general one, then the one that began last. Null where no row gives a direction.
-#}
{% macro mapped_direction(source_system, name) -%}
    (
        select
            arg_max(
                {{ code_key("c.direction_code") }},
                (c.source_system is not null, coalesce(c.valid_from, date '1900-01-01'))
            )
        from {{ ref("stg_config__reasons") }} as c
        where
            c.direction_code is not null
            and {{ name_key("c.close_reason_name") }} = {{ name_key(name) }}
            and coalesce(c.source_system, {{ source_system }}) = {{ source_system }}
    )
{%- endmacro %}
