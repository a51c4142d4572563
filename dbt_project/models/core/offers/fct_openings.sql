-- One row per opening (a seat of a requisition to fill); time to fill runs from opening to acceptance, holds
-- subtracted (concepts.md "Time to fill").
-- The filling application is the source's, else the one whose accepted offer names the opening. Where the acceptance
-- has no time, the opening's own close stands for it.
with
    offered as (
        select source_system, opening_id, max(application_id) as application_id
        from {{ ref("int_core__offer_choices") }}
        where status_code = 'accepted' and opening_id is not null
        group by source_system, opening_id
    ),
    openings as (
        select
            o.source_system,
            o.opening_id,
            o.job_id,
            o.opened_at,
            o.closed_at,
            o.target_start_on,
            coalesce(o.filled_application_id, f.application_id) as filled_application_id
        from {{ ref("openings") }} as o
        left join offered as f on f.source_system = o.source_system and f.opening_id = o.opening_id
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
            case when o.filled_application_id is not null then coalesce(a.accepted_at, o.closed_at) end as filled_at
        from openings as o
        left join
            {{ ref("int_core__application_basis") }} as a
            on a.source_system = o.source_system
            and a.application_id = o.filled_application_id
    ),
    ended as (
        select f.*, coalesce(f.filled_at, f.closed_at, clock.as_of) as ended_at
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
    {{ days_between("e.opened_at", "e.filled_at") }} - coalesce(h.hold_days, 0) as days_to_fill,
    {{ days_between("e.opened_at", "e.filled_at") }} as gross_days_to_fill
from ended as e
left join held as h on h.opening_key = e.opening_key
