{#-
    Slices: company, department, office, ... Every metric is one query over application x slice; a metric never has a copy per slice.

    A slice is numbered once (int_marts__slices), a member belongs to one slice of its type (int_marts__slice_members: those that no list has
    are `unknown` together), an application carries the number of its slice of every type (columns `<type>_slice` of
    int_marts__application_slices), and explode_slices turns a relation with these columns into rows of (slice_id, ...). Integers, because at a million
    applications the exploded rows are grouped and sorted tens of millions at a time.
-#}
{#-
    Slice types of the var `slices`, in its order, without those that gather others. `requisition`: only those that a requisition decides,
    suggests, or says nothing about ("").
-#}
{% macro slice_types(requisition=none) -%}
    {%- set found = [] -%}
    {%- for type, slice in var("slices").items() if "gathers" not in slice and requisition in [none, slice.get("requisition", "")] %}
        {% do found.append(type) %}
    {% endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The member of slice type `type` that a row of `alias` belongs to; 'none' where the source does not say. -#}
{% macro slice_key(type, alias) -%}
    {%- set column = var("slices")[type].get("column") -%}
    coalesce({{ alias ~ "." ~ column if column else "'all'" }}, 'none')
{%- endmacro %}

{#- The member of slice type `type` that the requisition in `alias` (a row of dim_jobs) stands for: people contacted for it are counted there. -#}
{% macro requisition_slice_key(type, alias) -%}
    {%- set slice = var("slices")[type] -%}
    {%- if slice.get("requisition") %} {{ slice_key(type, alias) }}
    {% else %} '{{ slice.get("contacted", "none") }}'
    {% endif -%}
{%- endmacro %}

{#-
    The numbers of the slices of a row, as columns `<type>_slice`, and the joins that find them. `is_requisition`: the row is a requisition
    that speaks for people who have not applied.
-#}
{% macro slice_numbers(types) -%}
    {%- for type in types %} {{ type }}_member.slice_id as {{ type }}_slice{{ "," if not loop.last }} {% endfor -%}
{%- endmacro %}

{% macro join_slices(types, alias, is_requisition=false) -%}
    {%- for type in types %}
        inner join
            {{ ref("int_marts__slice_members") }} as {{ type }}_member
            on {{ type }}_member.slice_type = '{{ type }}'
            and {{ type }}_member.member_key
            = {{ requisition_slice_key(type, alias) if is_requisition else slice_key(type, alias) }}
    {% endfor -%}
{%- endmacro %}

{#- Columns `<type>_slice` of `alias`, comma-separated. -#}
{% macro slice_columns(alias, types=none) -%}
    {%- for type in types or slice_types() %} {{ alias }}.{{ type }}_slice{{ "," if not loop.last }} {%- endfor -%}
{%- endmacro %}

{#-
    One row per row of `relation` and slice it belongs to: slice_id and `columns`. Department trees gather the rows of the departments
    below them, so their rows are more than one per row of the relation and do not add up to the company.
-#}
{% macro explode_slices(relation, columns, types=none, where="true") -%}
    {%- for type in types or slice_types() %}
        select {{ type }}_slice as slice_id, {{ columns | join(", ") }}
        from {{ relation }}
        where {{ where }}
        union all
    {% endfor %}
    select tree.tree_slice as slice_id, {{ columns | join(", ") }}
    from {{ relation }}
    inner join {{ ref("int_marts__department_slices") }} as tree using (department_slice)
    where {{ where }}
{%- endmacro %}
