-- One row per application and canonical stage reached, in numbers and times only (concepts.md "Reached" and "Outcome");
-- fct_application_stages gives them their names, keys and slices. Reached is furthest >= stage on the ladder of the
-- job, from applied on; prospects have none. A stage passed without a visit is there too, implied, with no entry time;
-- one that the source says was reached is not implied. Without a job, or with one that no list has, the ladder is
-- applied, hired and the stages that the application visited itself, and what comes next is not said. Advanced is
-- furthest > stage, dated by the first entry into any higher stage but never before its own entry: who was higher
-- before advances at age 0, and who entered after the end was there for no time. outcome_number: 1 advanced, 2
-- rejected, 3 withdrawn, 4 closed, 5 waiting, 6 hired. Below hired, reached is the sum of the first five.
with
    in_process as (
        select
            a.application_number,
            a.job_key,
            a.has_job,
            a.status_code,
            a.hired_at,
            a.ended_at,
            f.furthest_stage_order,
            f.applied_entry_at
        from {{ ref("int_core__application_basis") }} as a
        inner join {{ ref("int_core__application_furthest") }} as f on f.application_number = a.application_number
        where not a.is_prospect
    ),
    on_ladder as (
        select a.*, l.stage_code, l.stage_order, l.next_stage_order
        from in_process as a
        inner join {{ ref("dim_job_stages") }} as l on l.job_key = a.job_key and l.stage_order <= a.furthest_stage_order
        union all
        select a.*, s.stage_code, s.stage_order, null as next_stage_order
        from in_process as a
        inner join {{ ref("dim_stages") }} as s on not s.is_outreach and s.stage_order <= a.furthest_stage_order
        left join
            {{ ref("int_core__application_visited_stages") }} as v
            on v.application_number = a.application_number
            and v.stage_order = s.stage_order
        where
            not a.has_job
            and (
                s.stage_code in ('applied', 'hired')
                or s.stage_order = a.furthest_stage_order
                or v.application_number is not null
            )
    ),
    reached as (
        select
            a.application_number,
            a.stage_order,
            a.next_stage_order,
            a.stage_order < a.furthest_stage_order as is_advanced,
            a.stage_code = 'hired' as is_hire,
            case
                a.stage_code when 'applied' then a.applied_entry_at when 'hired' then a.hired_at else v.entered_at
            end as entered_at,
            a.stage_code not in ('applied', 'hired') and v.application_number is null as is_implied,
            v.visit_count,
            v.days_in_stage,
            v.duration_quality_rank,
            coalesce(v.has_last_visit, false) as has_last_visit,
            cast(
                case
                    a.status_code when 'rejected' then 2 when 'withdrawn' then 3 when 'closed' then 4 else 5
                end as smallint
            ) as own_outcome_number,
            a.ended_at
        from on_ladder as a
        left join
            {{ ref("int_core__application_visited_stages") }} as v
            on v.application_number = a.application_number
            and v.stage_order = a.stage_order
    ),
    dated as (
        select
            *,
            min(entered_at) over (
                partition by application_number
                order by stage_order desc
                rows between unbounded preceding and 1 preceding
            ) as higher_entered_at
        from reached
    ),
    resolved as (
        select
            *,
            case
                when not is_advanced
                then null
                when higher_entered_at < entered_at
                then entered_at
                else higher_entered_at
            end as advanced_at,
            cast(
                case when is_advanced then 1 when is_hire then 6 else own_outcome_number end as smallint
            ) as outcome_number
        from dated
    ),
    outcomes as (
        select
            *,
            case
                outcome_number when 1 then advanced_at when 6 then entered_at when 5 then null else ended_at
            end as outcome_at
        from resolved
    )

select
    r.application_number,
    r.stage_order,
    r.next_stage_order,
    r.entered_at,
    r.is_implied,
    r.is_advanced,
    r.advanced_at,
    r.outcome_number,
    r.outcome_at,
    case
        when r.outcome_number = 5
        then {{ days_so_far("r.entered_at") }}
        when r.outcome_at < r.entered_at and r.visit_count > 0
        then 0
        else {{ duration_days("r.entered_at", "r.outcome_at") }}
    end as age_days,
    r.days_in_stage,
    coalesce(r.visit_count, 0) as visit_count,
    r.duration_quality_rank,
    r.has_last_visit
from outcomes as r
cross join {{ ref("run_clock") }} as clock
