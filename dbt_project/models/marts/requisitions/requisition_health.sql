-- One row per open requisition (status open or on hold, no templates and pools).
-- days_open is that of the present opening: of a reopened requisition since it was reopened; total_days_open adds what
-- came before, without the time it was closed.
-- expected_fill_on is the first day by which the present pipeline brings the open seats (rounded, as the classic
-- forecast rounds): stages are worked off from the nearest to the hire, each with its active candidates x chance
-- (int_marts__job_stage_pace). Where it does not bring them, new candidates must: the usual days to fill of the family
-- (else department, company) after the opening, but not before a whole process from today (basis new_candidates). The
-- target is the earliest target start of an open seat less start_notice_days, else the end of the requisition's own
-- plan line. risk_code is the first rule of the seed health_rules that holds, risk_reason says it in words.
with
    expected as (
        select
            *,
            {{ days_between("present_opened_at", "as_of") }} as days_open,
            {{ days_between("opened_at", "as_of") }}
            - case when present_opened_at > opened_at then days_closed else 0 end as total_days_open,
            case
                when open_count = 0
                then null
                when days_to_fill is not null
                then 'pipeline'
                when usual_days_to_fill is not null
                then 'new_candidates'
            end as expected_fill_basis_code,
            case
                when open_count = 0
                then null
                when days_to_fill is not null
                then {{ local_date(add_days("as_of", "days_to_fill")) }}
                when usual_days_to_fill is not null
                then
                    {{
                        local_date(
                            "greatest("
                            ~ add_days("open_since_at", "usual_days_to_fill + hold_days")
                            ~ ", "
                            ~ add_days("as_of", "coalesce(process_days, 0)")
                            ~ ")"
                        )
                    }}
            end as expected_fill_on
        from {{ ref("int_marts__requisition_facts") }}
    ),

    late as (
        select
            *,
            {{ days_between("cast(target_fill_on as timestamp)", "cast(expected_fill_on as timestamp)") }} as days_late
        from expected
    ),

    judged as (
        select
            l.job_key,
            h.risk_code,
            h.risk_reason,
            row_number() over (partition by l.job_key order by h.rule_order) as rule_rank
        from late as l
        cross join {{ ref("health_rules") }} as h
        where
            case
                h.rule_code
                when 'on_hold'
                then l.status = 'on_hold' or l.held_at is not null
                when 'filled'
                then l.seats_count > 0 and l.open_count = 0
                when 'target_passed'
                then l.open_count > 0 and l.target_fill_on < {{ local_date("l.as_of") }}
                when 'nobody'
                then l.active_count = 0 and l.seats_count > 0
                when 'nobody_no_seats'
                then l.active_count = 0
                when 'expected_late'
                then l.days_late > 0
                when 'too_few'
                then l.expected_hires < h.threshold * l.open_count
                when 'older_than_usual'
                then l.days_open - l.hold_days > h.threshold * l.usual_days_to_fill
                when 'steps_overdue'
                then l.overdue_count > h.threshold * l.active_count
                when 'otherwise'
                then true
            end
    )
    {%- set words = {
        "held": "cast(" ~ local_date("l.held_at") ~ " as " ~ text_type() ~ ")",
        "seats": "cast(l.seats_count as " ~ text_type() ~ ")",
        "open": "cast(l.open_count as " ~ text_type() ~ ")",
        "target": "cast(l.target_fill_on as " ~ text_type() ~ ")",
        "expected": "cast(l.expected_fill_on as " ~ text_type() ~ ")",
        "late": "cast(" ~ half_up("l.days_late") ~ " as " ~ text_type() ~ ")",
        "active": "cast(l.active_count as " ~ text_type() ~ ")",
        "hires": "cast(cast(l.expected_hires as decimal(9, 1)) as " ~ text_type() ~ ")",
        "days": "cast(" ~ half_up("l.days_open - l.hold_days") ~ " as " ~ text_type() ~ ")",
        "usual": "cast(" ~ half_up("l.usual_days_to_fill") ~ " as " ~ text_type() ~ ")",
        "overdue": "cast(l.overdue_count as " ~ text_type() ~ ")",
    } %}
    {%- set filled = namespace(sql="j.risk_reason") %}
    {%- for word, text in words.items() %}
        {%- set filled.sql = "replace(" ~ filled.sql ~ ", '{" ~ word ~ "}', coalesce(" ~ text ~ ", '?'))" %}
    {%- endfor %}

select
    l.job_key,
    l.status,
    l.department_key,
    l.recruiter_key,
    l.hiring_manager_key,
    l.opened_at,
    l.days_open,
    l.total_days_open,
    l.hold_days,
    l.held_at is not null or l.status = 'on_hold' as is_on_hold,
    l.seats_count,
    l.open_count,
    l.filled_count,
    l.active_count,
    l.offers_open_count,
    l.overdue_count,
    l.target_start_on,
    l.target_fill_on,
    l.expected_hires,
    l.expected_fill_on,
    l.expected_fill_basis_code,
    l.days_late,
    l.usual_days_to_fill,
    l.plan_scope_code,
    l.planned_hires_count,
    l.plan_hired_count,
    l.plan_expected_hires,
    l.plan_gap,
    j.risk_code,
    {{ filled.sql }} as risk_reason,
    l.as_of
from late as l
inner join judged as j on l.job_key = j.job_key and j.rule_rank = 1
