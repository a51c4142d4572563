-- One row per opening (a seat of a requisition to fill); time to fill runs from opening to acceptance, holds
-- subtracted (concepts.md "Time to fill").
-- The filling application is the source's, unless it ended without a hire or never started; else the one with the
-- earliest acceptance on the opening that still stands. Where the acceptance has no time, the opening's own close
-- stands for it.
with
    acceptances as (
        select
            source_system,
            opening_id,
            application_id,
            row_number() over (
                partition by source_system, opening_id
                order by resolved_at nulls last, cohort_at nulls last, application_id
            ) as acceptance_rank
        from {{ ref("int_core__offer_outcomes") }}
        where is_standing and opening_id is not null
    ),
    openings as (
        select
            o.source_system,
            o.opening_id,
            o.job_id,
            o.opened_at,
            o.closed_at,
            o.target_start_on,
            case
                when n.status_code in ('rejected', 'withdrawn', 'closed') or coalesce(n.has_left_unstarted, false)
                then f.application_id
                else coalesce(o.filled_application_id, f.application_id)
            end as filled_application_id
        from {{ ref("openings") }} as o
        left join
            {{ ref("int_core__application_basis") }} as n
            on n.source_system = o.source_system
            and n.application_id = o.filled_application_id
        left join
            acceptances as f
            on f.source_system = o.source_system
            and f.opening_id = o.opening_id
            and f.acceptance_rank = 1
    ),
    filled as (
        select
            {{ key("opening", ["o.source_system", "o.opening_id"]) }} as opening_key,
            o.source_system,
            {{ optional_key("job", ["o.source_system", "o.job_id"]) }} as job_key,
            o.opened_at,
            o.closed_at,
            o.target_start_on,
            {{ optional_key("application", ["o.source_system", "o.filled_application_id"]) }} as filled_application_key,
            case
                when o.filled_application_id is not null
                then coalesce(case when s.is_standing then s.resolved_at end, a.hired_at, o.closed_at)
            end as filled_at
        from openings as o
        left join
            {{ ref("int_core__application_basis") }} as a
            on a.source_system = o.source_system
            and a.application_id = o.filled_application_id
        left join
            {{ ref("int_core__offer_outcomes") }} as s
            on s.source_system = o.source_system
            and s.application_id = o.filled_application_id
    ),
    ended as (
        select
            f.*,
            coalesce(f.filled_at, f.closed_at, clock.as_of) as ended_at,
            {{ duration_days("f.opened_at", "f.filled_at") }} as gross_days
        from filled as f
        cross join {{ ref("run_clock") }} as clock
    ),
    held as (
        select
            e.opening_key,
            sum(
                {{
                    days_between(
                        "case when h.held_at > e.opened_at then h.held_at else e.opened_at end",
                        "case when h.released_at < e.ended_at then h.released_at else e.ended_at end",
                    )
                }}
            ) as hold_days
        from ended as e
        inner join
            {{ ref("int_core__job_hold_stretches") }} as h
            on h.job_key = e.job_key
            and h.held_at < e.ended_at
            and h.released_at > e.opened_at
        where e.ended_at > e.opened_at
        group by e.opening_key
    )

select
    e.opening_key,
    e.source_system,
    e.job_key,
    e.opened_at,
    e.closed_at,
    e.closed_at is null as is_open,
    e.target_start_on,
    e.filled_application_key,
    e.filled_at,
    {{ local_date("e.filled_at") }} as filled_on,
    coalesce(h.hold_days, 0) as hold_days,
    case
        when e.gross_days < coalesce(h.hold_days, 0) then 0 else e.gross_days - coalesce(h.hold_days, 0)
    end as days_to_fill,
    e.gross_days as gross_days_to_fill
from ended as e
left join held as h on h.opening_key = e.opening_key
