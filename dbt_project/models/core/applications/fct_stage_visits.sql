-- One row per visit: a stay of an application in a stage with a real entry time (metrics.md "Visit").
-- Visits follow each other by entry time. A visit ends at its own exit, else at the next visit's entry (also an
-- unmapped one's), else when the application ended, else it is open. Who enters after the end stays no time. An exit
-- before the entry is no exit. The canonical stage is what the tenant's mapping said at the entry, the job's own row
-- before the general one.
with
    visits as (
        select
            a.application_key,
            a.status_code,
            a.ended_at,
            v.source_system,
            v.application_id,
            v.stage_id,
            v.entered_at,
            case when v.exited_at >= v.entered_at then v.exited_at end as own_exit_at,
            coalesce(j.stage_code, g.stage_code, 'unmapped') as stage_code,
            coalesce(j.stage_name, g.stage_name) as source_stage_name,
            coalesce(j.source_stage_order, g.source_stage_order) as source_stage_order
        from {{ ref("stage_visits") }} as v
        inner join
            {{ ref("application_basis") }} as a
            on a.source_system = v.source_system
            and a.application_id = v.application_id
        left join
            {{ ref("stage_code_periods") }} as g
            on g.job_id is null
            and g.source_system = v.source_system
            and g.stage_id = v.stage_id
            and g.valid_from_at <= v.entered_at
            and v.entered_at < g.valid_to_at
        left join
            {{ ref("stage_code_periods") }} as j
            on j.job_id = a.job_id
            and j.source_system = v.source_system
            and j.stage_id = v.stage_id
            and j.valid_from_at <= v.entered_at
            and v.entered_at < j.valid_to_at
        where v.entered_at is not null
    ),
    placed as (
        select v.*, s.stage_order from visits as v left join {{ ref("dim_stages") }} as s on s.stage_code = v.stage_code
    ),
    ordered as (
        select
            *,
            row_number() over stays as visit_number,
            lead(entered_at) over stays as next_entered_at,
            lead(stage_order) over stays as next_stage_order
        from placed
        window stays as (partition by application_key order by entered_at, stage_order nulls first, stage_id)
    ),
    ended as (
        select
            *,
            case
                when entered_at > ended_at then entered_at else coalesce(own_exit_at, next_entered_at, ended_at)
            end as exited_at,
            own_exit_at is null and next_entered_at is null and status_code = 'active' as is_open
        from ordered
    )

select
    {{ key("visit", ["v.source_system", "v.application_id", "v.stage_id", "v.entered_at"]) }} as visit_key,
    v.application_key,
    v.stage_code,
    v.stage_order,
    v.stage_id,
    v.source_stage_name,
    v.source_stage_order,
    cast(v.visit_number as integer) as visit_number,
    v.next_entered_at is null as is_last,
    v.entered_at,
    v.exited_at,
    v.is_open,
    case
        when v.is_open
        then 'open'
        when v.next_stage_order > v.stage_order
        then 'advanced'
        when v.next_stage_order < v.stage_order
        then 'moved_back'
        when v.next_entered_at is not null
        then 'moved'
        when v.status_code <> 'active'
        then v.status_code
        else 'left'
    end as exit_code,
    case
        when v.is_open
        then {{ days_between("v.entered_at", "clock.as_of") }}
        else {{ days_between("v.entered_at", "v.exited_at") }}
    end as days_in_stage,
    case
        when v.is_open or v.own_exit_at = v.exited_at
        then 'exact'
        when v.exited_at is not null
        then 'approximate'
        else 'unknown'
    end as duration_quality_code
from ended as v
cross join {{ ref("run_clock") }} as clock
