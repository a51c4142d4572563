-- One row per stage of an interview plan x job that uses the plan, from Ashby; a plan that no job uses has no job, and
-- a stage that only histories still name has neither job nor order.
with
    plans as (
        select distinct
            j.source_system, j.record_id as job_id, unnest(list_append(j.plan_ids, j.default_plan_id)) as plan_id
        from {{ latest_version(ref("stg_ashby__jobs"), "jobs", "updated_at") }} as j
    ),
    listed as (
        select s.source_system, s.observed_at, s.record_id as stage_id, p.job_id, s.title, s.stage_order, s.type
        from {{ latest_version(ref("stg_ashby__interview_stages"), "interview_stages") }} as s
        left join plans as p on p.source_system = s.source_system and p.plan_id = s.interview_plan_id
        where s.type not in ('Lead', 'Hired', 'Archived')
    ),
    unlisted as (
        select
            source_system,
            max(observed_at) as observed_at,
            stage_id,
            cast(null as varchar) as job_id,
            arg_max(stage_name, entered_at) as title,
            cast(null as integer) as stage_order,
            min(stage_type) as type
        from {{ ref("int_ashby__stays") }}
        where is_unlisted and stage_type = 'Active'
        group by source_system, stage_id
    ),
    stages as (
        select *
        from listed
        union all
        select *
        from unlisted
    ),

    mapped as (
        select
            s.source_system,
            s.stage_id,
            s.job_id,
            s.title as stage_name,
            s.stage_order,
            case s.type when 'PreInterviewScreen' then 'applied' when 'Offer' then 'offer' end as stage_type_code,
            s.observed_at
        from stages as s
    )

select *
from {{ canonical_rows("stages", "mapped") }} as r
