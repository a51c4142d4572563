-- One row per quarter of the decline x slice x reason of the decline taxonomy, for reasons given at least once in it.
-- Only the candidate's own act is a decline (concepts.md "Decline"); why the company ended an application is never
-- mixed in, nor what was only inferred from the application's end. The share of the quarter before stands beside: null
-- when nobody declined then, 0 when others did for other reasons.
with
    declines as (
        select
            {{ slice_columns("s") }},
            {{ period_start("quarter", "o.resolved_at") }} as quarter,
            coalesce(o.decline_reason_code, 'unknown') as decline_reason_code
        from {{ ref("fct_offers") }} as o
        inner join {{ ref("int_marts__application_slices") }} as s on o.application_key = s.application_key
        where o.status_code = 'declined' and o.resolved_at is not null and not o.is_resolution_inferred
    ),

    exploded as ({{ explode_slices("declines", ["quarter", "decline_reason_code"]) }}),

    counted as (
        select slice_id, quarter, decline_reason_code, count(*) as declined_count
        from exploded
        group by slice_id, quarter, decline_reason_code
    ),

    totals as (
        select slice_id, quarter, cast(sum(declined_count) as bigint) as total_count
        from counted
        group by slice_id, quarter
    )

select
    c.quarter,
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    c.decline_reason_code,
    reason.reason_label as decline_reason_name,
    c.declined_count,
    t.total_count as slice_declined_count,
    {{ rate_columns("share_rate", "c.declined_count", "t.total_count") }},
    {{ rate("coalesce(prior.declined_count, 0)", "prior_total.total_count") }} as prior_quarter_share_rate,
    clock.as_of
from counted as c
inner join totals as t on c.slice_id = t.slice_id and c.quarter = t.quarter
left join
    totals as prior_total
    on c.slice_id = prior_total.slice_id
    and {{ date_add_months("c.quarter", -3) }} = prior_total.quarter
left join
    counted as prior
    on c.slice_id = prior.slice_id
    and c.decline_reason_code = prior.decline_reason_code
    and {{ date_add_months("c.quarter", -3) }} = prior.quarter
inner join {{ ref("int_marts__slices") }} as slice on c.slice_id = slice.slice_id
left join {{ ref("decline_reasons") }} as reason on c.decline_reason_code = reason.decline_reason_code
cross join {{ ref("run_clock") }} as clock
