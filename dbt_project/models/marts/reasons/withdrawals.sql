-- One row per quarter of the withdrawal x slice x reason of the decline taxonomy.
-- Candidates who ended their application, declined offers among them (with what the recruiter answered, where they were
-- asked). slow_process_count gave the process as the reason
-- (process_speed_experience), in their own words. manager_overdue_count is another thing: when they withdrew, an action
-- of the hiring manager was overdue (int_marts__withdrawal_overdue_actions). Overdue when they withdrew, never because
-- of it. A reason that the source calls the company's or nobody's never stands here as one: the row says
-- not_the_candidates.
with
    withdrawn as (
        select
            {{ slice_columns("s") }},
            {{ period_start("quarter", "a.closed_at") }} as quarter,
            case
                when f.decline_answered_on is not null
                then f.decline_reason_code
                when a.close_direction_code <> 'candidate'
                then 'not_the_candidates'
                when a.close_reason_source_name is null
                then 'unknown'
                else coalesce(r.decline_reason_code, 'unmapped')
            end as close_reason_code,
            coalesce(a.furthest_stage_code = 'offer', false) as is_at_offer,
            coalesce(o.is_review_overdue, false) as is_review_overdue,
            coalesce(o.is_feedback_overdue, false) as is_feedback_overdue,
            coalesce(o.is_decision_overdue, false) as is_decision_overdue
        from {{ ref("fct_applications") }} as a
        inner join {{ ref("int_marts__application_slices") }} as s on a.application_key = s.application_key
        left join {{ ref("decline_reasons") }} as r on a.close_reason_code = r.decline_reason_code
        left join {{ ref("fct_offers") }} as f on a.application_key = f.application_key and f.status_code = 'declined'
        left join {{ ref("int_marts__withdrawal_overdue_actions") }} as o on a.application_key = o.application_key
        where a.status_code = 'withdrawn' and not a.is_prospect and a.closed_at is not null
    ),

    counted as (
        select
            {{ slice_columns("w") }},
            quarter,
            close_reason_code,
            count(*) as withdrawn_count,
            {{ count_where("close_reason_code = 'process_speed_experience'") }} as slow_process_count,
            {{ count_where("is_review_overdue or is_feedback_overdue or is_decision_overdue") }}
            as manager_overdue_count,
            {{ count_where("is_review_overdue") }} as review_overdue_count,
            {{ count_where("is_feedback_overdue") }} as feedback_overdue_count,
            {{ count_where("is_decision_overdue") }} as decision_overdue_count,
            {{ count_where("is_at_offer") }} as at_offer_count
        from withdrawn as w
        group by {{ slice_columns("w") }}, quarter, close_reason_code
    ),

    {% set figures = [
        "withdrawn_count",
        "slow_process_count",
        "manager_overdue_count",
        "review_overdue_count",
        "feedback_overdue_count",
        "decision_overdue_count",
        "at_offer_count",
    ] -%}
    exploded as ({{ explode_slices("counted", ["quarter", "close_reason_code"] + figures) }}),

    summed as (
        select
            slice_id,
            quarter,
            close_reason_code
            {%- for figure in figures %}, cast(sum({{ figure }}) as bigint) as {{ figure }} {%- endfor %}
        from exploded
        group by slice_id, quarter, close_reason_code
    )

select
    e.quarter,
    slice.slice_type,
    slice.slice_key,
    slice.slice_name,
    e.close_reason_code,
    case
        e.close_reason_code
        when 'not_the_candidates'
        then 'A reason that is not the candidate''s'
        when 'unmapped'
        then 'Unmapped'
        else reason.reason_label
    end as close_reason_name,
    {% for figure in figures -%} e.{{ figure }}, {% endfor -%}
    clock.as_of
from summed as e
inner join {{ ref("int_marts__slices") }} as slice on e.slice_id = slice.slice_id
left join {{ ref("decline_reasons") }} as reason on e.close_reason_code = reason.decline_reason_code
cross join {{ ref("run_clock") }} as clock
