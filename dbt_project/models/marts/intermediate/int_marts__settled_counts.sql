-- One row per source x canonical table with rows that a rule of concepts.md had to settle, or could not: how many of
-- each kind. A kind that the table does not have is null.
{%- set kinds = [
    "unplaced",
    "start_date",
    "hire_pending",
    "plan",
    "contradicted_exit",
    "undated",
    "inferred",
    "out_of_order",
] %}
with
    applications as (
        select
            source_system,
            'applications' as table_name,
            {{ count_where("is_unplaced and not is_prospect") }} as unplaced_count,
            {{ count_where("starts_on is not null") }} as start_date_count,
            {{ count_where("is_hire_pending") }} as hire_pending_count,
            {{ count_where(is_out_of_order("applied_at", "hired_at")) }} as out_of_order_count
        from {{ ref("fct_applications") }}
        group by source_system
    ),

    visits as (
        select
            a.source_system,
            'stage_visits' as table_name,
            {{ count_where("v.is_exit_contradicted") }} as contradicted_exit_count,
            {{ count_where("v.is_exit_reversed") }} as out_of_order_count
        from {{ ref("fct_stage_visits") }} as v
        inner join {{ ref("fct_applications") }} as a on v.application_key = a.application_key
        group by a.source_system
    ),

    plans as (
        select source_system, 'stage_visits' as table_name, count(*) as plan_count
        from {{ ref("stage_visits") }}
        where entered_at is null
        group by source_system
    ),

    offers as (
        select
            source_system,
            'offers' as table_name,
            {{ count_where("is_extension_inferred") }} as undated_count,
            {{ count_where("is_resolution_inferred") }} as inferred_count,
            {{ count_where(is_out_of_order("extended_at", "resolved_at")) }} as out_of_order_count
        from {{ ref("fct_offers") }}
        group by source_system
    ),

    openings as (
        select
            source_system,
            'openings' as table_name,
            {{ count_where(is_out_of_order("opened_at", "filled_at")) }} as out_of_order_count
        from {{ ref("fct_openings") }}
        group by source_system
    ),

    {%- set given = {
        "applications": ["unplaced", "start_date", "hire_pending", "out_of_order"],
        "visits": ["contradicted_exit", "out_of_order"],
        "plans": ["plan"],
        "offers": ["undated", "inferred", "out_of_order"],
        "openings": ["out_of_order"],
    } %}

    counted as (
        {%- for relation, own in given.items() %}
            select
                source_system,
                table_name
                {%- for kind in kinds %}
                    , {{ kind ~ "_count" if kind in own else "null" }} as {{ kind }}_count
                {%- endfor %}
            from {{ relation }}
            {% if not loop.last %}
                union all
            {% endif %}
        {%- endfor %}
    )

select
    source_system,
    table_name
    {%- for kind in kinds %}, cast(sum({{ kind }}_count) as bigint) as {{ kind }}_count {%- endfor %}
from counted
group by source_system, table_name
