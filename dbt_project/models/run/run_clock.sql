-- One row: the two clocks of this run and the company's zone (concepts.md "Clocks").
{{ config(materialized="stored_table") }}

select
    {% if var("as_of") %} cast('{{ var("as_of") }}' as timestamp)
    {% else %} {{ lake_newest_window_end() }}
    {% endif %} as as_of,
    {% if var("known_at") %} cast('{{ var("known_at") }}' as timestamp)
    {% else %} cast('9999-01-01 00:00:00+00' as timestamp)
    {% endif %} as known_at,
    cast('{{ var("time_zone") }}' as {{ text_type() }}) as time_zone
