{#-
    Why applications were closed, as close_reasons: the tenant's mapping of a reason's name corrects the direction that the source gives it. `rows`:
    a CTE of record_id, name and own_direction (null where the source gives none).
-#}
{% macro close_reasons_of_applications(rows) -%}
    select
        r.source_system,
        r.record_id as close_reason_id,
        r.name as reason_name,
        coalesce({{ mapped_direction("r.source_system", "r.name") }}, r.own_direction) as direction_code,
        r.observed_at
    from {{ rows }} as r
{%- endmacro %}

{#-
    Why openings were closed, as close_reasons: another space of ids than that of applications ('opening/' in front), and never a candidate's or
    the company's judgement of the other. `rows`: record_id and name.
-#}
{% macro close_reasons_of_openings(rows) -%}
    select
        source_system,
        'opening/' || record_id as close_reason_id,
        name as reason_name,
        'neither' as direction_code,
        observed_at
    from {{ rows }} as closings
{%- endmacro %}

{#- Whether an offer that ended by neither's act ran out, as the name of the reason says. -#}
{% macro is_expiry(direction, reason_name) -%}
    coalesce({{ direction }}, 'neither') = 'neither' and {{ reason_name }} ilike '%expir%'
{%- endmacro %}

{#-
    Canonical status of an application that ended without a hire, for sources with one word for every end. Whose act it was is the reason's to say
    (core, "Outcome"); this word stands where the reason does not: a refused offer was the candidate's act, all else the company's.
-#}
{% macro ended_status(is_refused) -%} case when {{ is_refused }} then 'withdrawn' else 'rejected' end {%- endmacro %}
