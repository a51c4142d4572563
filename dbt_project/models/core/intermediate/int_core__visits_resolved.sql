-- One row per visit, in numbers and times only: which stage, in which order, from when to when (concepts.md "Visit").
-- Visits follow each other by entry time. A visit ends at its own exit, else at the next visit's entry (also an
-- unmapped one's), else when the application ended, else it is open. Who enters after the end stays no time. An exit
-- before the entry is no exit (is_exit_reversed); one that is the date of the entry's day is that day. A last visit
-- with an exit has ended, unless the source shows the active application in that very stage: then it is open and the
-- exit contradicts it (is_exit_contradicted). A row without an entry time is a plan, no visit. The canonical stage is
-- what the tenant's mapping said at the entry, the job's own row before the general one. Narrow, because five visits
-- per application are sorted here, once.
with
    visits as (
        select
            a.application_number,
            a.ended_at,
            a.status_code = 'active' as is_active,
            case when j.term_number is not null then j.term_number else g.term_number end as term_number,
            case when j.term_number is not null then j.stage_order else g.stage_order end as stage_order,
            v.entered_at,
            v.stage_id = a.current_stage_id as is_where_the_source_says,
            case
                when {{ is_out_of_order("v.entered_at", "v.exited_at") }}
                then null
                when v.exited_at < v.entered_at
                then v.entered_at
                else v.exited_at
            end as own_exit_at,
            {{ is_out_of_order("v.entered_at", "v.exited_at") }} as is_exit_reversed
        from {{ ref("stage_visits") }} as v
        inner join
            {{ ref("int_core__application_basis") }} as a
            on a.source_system = v.source_system
            and a.application_id = v.application_id
        left join
            {{ ref("int_core__stage_terms") }} as g
            on g.job_id is null
            and g.source_system = v.source_system
            and g.stage_id = v.stage_id
            and g.valid_from_at <= v.entered_at
            and v.entered_at < g.valid_to_at
        left join
            {{ ref("int_core__stage_terms") }} as j
            on j.job_id = a.job_id
            and j.source_system = v.source_system
            and j.stage_id = v.stage_id
            and j.valid_from_at <= v.entered_at
            and v.entered_at < j.valid_to_at
        where v.entered_at is not null
    ),
    ordered as (
        select
            *,
            row_number() over stays as visit_number,
            lead(entered_at) over stays as next_entered_at,
            lead(stage_order) over stays as next_stage_order
        from visits
        window stays as (partition by application_number order by entered_at, stage_order nulls first, term_number)
    ),
    placed as (
        select
            *,
            next_entered_at is null
            and is_active
            and (own_exit_at is null or coalesce(is_where_the_source_says, false)) as is_open
        from ordered
    ),
    ended as (
        select
            *,
            case
                when is_open
                then null
                when entered_at > ended_at
                then entered_at
                else coalesce(own_exit_at, next_entered_at, ended_at)
            end as exited_at
        from placed
    )

select
    v.application_number,
    cast(v.visit_number as integer) as visit_number,
    v.term_number,
    v.stage_order,
    v.next_stage_order,
    v.entered_at,
    v.exited_at,
    v.is_open,
    v.next_entered_at is null as is_last,
    v.is_exit_reversed,
    v.is_open and v.own_exit_at is not null as is_exit_contradicted,
    case
        when v.is_open then {{ days_so_far("v.entered_at") }} else {{ duration_days("v.entered_at", "v.exited_at") }}
    end as days_in_stage,
    cast(
        case
            when v.is_open or v.own_exit_at = v.exited_at then 1 when v.exited_at is not null then 2 else 3
        end as smallint
    ) as duration_quality_rank
from ended as v
cross join {{ ref("run_clock") }} as clock
