{#- What Lever's records say only between the lines. -#}
{#- Archived for the reason of type "hired"; where a view leaves the type out, the one reason that every account has, by its name. -#}
{% macro is_lever_hire(archived_at, type, name) -%}
    ({{ archived_at }} is not null and coalesce({{ type }} = 'hired', {{ code_key(name) }} = 'hired', false))
{%- endmacro %}

{#- A posting's department: its team below its department, either alone where the other is missing. Names are all the ids there are. -#}
{% macro lever_department(department_name, team_name) -%}
    nullif(concat_ws('/', {{ department_name }}, {{ team_name }}), '')
{%- endmacro %}
