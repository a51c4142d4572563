-- One row per quarter x slice with an offer extended, accepted or declined in it.
-- Two readings that are never mixed: the cohort of offers first extended in the quarter, whatever came of them later
-- (extended_count ... reneged_count and the rates), and the activity of the quarter by the day an offer was answered
-- (accepted_in_period_count, declined_in_period_count). acceptance_rate leaves open and rescinded offers out,
-- because the candidate has not decided on them; answered_acceptance_rate leaves out those that ran out, too. An end
-- that nobody recorded is in the cohort (inferred_count of them) and is no activity.
with
    offers as (
        select
            {{ slice_columns("s") }},
            {{ period_start("quarter", "o.cohort_at") }} as extended_quarter,
            case
                when not o.is_resolution_inferred then {{ period_start("quarter", "o.resolved_at") }}
            end as resolved_quarter,
            o.status_code,
            o.is_resolution_inferred,
            o.is_extension_inferred,
            coalesce(o.is_reneged, false) as is_reneged
        from {{ ref("fct_offers") }} as o
        inner join {{ ref("int_marts__application_slices") }} as s on o.application_key = s.application_key
    ),

    exploded as (
        {{
            explode_slices(
                "offers",
                [
                    "extended_quarter",
                    "resolved_quarter",
                    "status_code",
                    "is_resolution_inferred",
                    "is_extension_inferred",
                    "is_reneged",
                ],
            )
        }}
    ),

    cohorts as (
        select
            slice_id,
            extended_quarter as quarter,
            count(*) as extended_count,
            {% for status in ["open", "accepted", "declined", "expired", "rescinded"] -%}
                {{ count_where("status_code = '" ~ status ~ "'") }} as {{ status }}_count,
            {% endfor -%}
            {{ count_where("is_reneged") }} as reneged_count,
            {{ count_where("is_resolution_inferred") }} as inferred_count,
            {{ count_where("is_extension_inferred") }} as undated_count
        from exploded
        where extended_quarter is not null
        group by slice_id, extended_quarter
    ),

    activity as (
        select
            slice_id,
            resolved_quarter as quarter,
            {{ count_where("status_code = 'accepted'") }} as accepted_in_period_count,
            {{ count_where("status_code = 'declined'") }} as declined_in_period_count
        from exploded
        where resolved_quarter is not null and status_code in ('accepted', 'declined')
        group by slice_id, resolved_quarter
    ),

    periods as (
        select slice_id, quarter
        from cohorts
        union
        select slice_id, quarter
        from activity
    ),

    joined as (
        select
            p.slice_id,
            p.quarter,
            {% for name in [
                "extended",
                "open",
                "accepted",
                "declined",
                "expired",
                "rescinded",
                "reneged",
                "inferred",
                "undated",
            ] -%}
                coalesce(c.{{ name }}_count, 0) as {{ name }}_count,
            {% endfor -%}
            coalesce(a.accepted_in_period_count, 0) as accepted_in_period_count,
            coalesce(a.declined_in_period_count, 0) as declined_in_period_count
        from periods as p
        left join cohorts as c on p.slice_id = c.slice_id and p.quarter = c.quarter
        left join activity as a on p.slice_id = a.slice_id and p.quarter = a.quarter
    )

select
    j.quarter,
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    j.extended_count,
    j.open_count,
    j.accepted_count,
    j.declined_count,
    j.expired_count,
    j.rescinded_count,
    j.reneged_count,
    j.inferred_count,
    j.undated_count,
    {{ rate_columns("acceptance_rate", "j.accepted_count", "(j.accepted_count + j.declined_count + j.expired_count)") }},
    {{ rate_columns("answered_acceptance_rate", "j.accepted_count", "(j.accepted_count + j.declined_count)") }},
    {{ rate("j.accepted_count", "j.extended_count") }} as accepted_of_extended_rate,
    j.accepted_in_period_count,
    j.declined_in_period_count,
    clock.as_of
from joined as j
inner join {{ ref("int_marts__slices") }} as slice on j.slice_id = slice.slice_id
cross join {{ ref("run_clock") }} as clock
