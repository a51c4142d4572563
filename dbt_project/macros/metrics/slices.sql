{#-
    Slices: company, department, office, ... Every metric is one query over application x slice; a metric never has a copy per slice.

    A slice is numbered once (int_marts__slices), an application carries the number of its slice of every type (columns `<type>_slice` of
    int_marts__application_slices), and explode_slices turns a relation with these columns into rows of (slice_id, ...). Integers, because at a million
    applications the exploded rows are grouped and sorted tens of millions at a time.
-#}
{#- Slice types in which every application has exactly one member, so that members add up to the company. -#}
{% macro slice_types() -%}
    {{
        return(
            [
                "company",
                "department",
                "office",
                "job",
                "job_family",
                "recruiter",
                "hiring_manager",
                "source",
                "origin",
            ]
        )
    }}
{%- endmacro %}

{#- Slice types that a requisition alone decides: what a sum over jobs can be cut by. -#}
{% macro job_slice_types() -%} {{ return(["company", "department", "office", "job", "job_family"]) }} {%- endmacro %}

{#- The member of slice type `type` that a row of `alias` belongs to; 'none' where the source does not say. -#}
{% macro slice_key(type, alias) -%}
    {%- set columns = {"company": "'all'", "origin": alias ~ ".origin_code", "job_family": alias ~ ".job_family"} -%}
    coalesce({{ columns.get(type, alias ~ "." ~ type ~ "_key") }}, 'none')
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
