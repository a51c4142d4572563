-- One row per job of Greenhouse.
with
    owners as (
        select
            source_system,
            job_id,
            arg_max(user_id, (coalesce(responsible, false), created_at, record_id)) as recruiter_id
        from {{ latest_version(ref("stg_greenhouse__job_owners"), "job_owners", "updated_at") }}
        where type = 'recruiter'
        group by all
    ),
    managers as (
        select source_system, job_id, arg_max(user_id, (created_at, record_id)) as hiring_manager_id
        from {{ latest_version(ref("stg_greenhouse__job_hiring_managers"), "job_hiring_managers", "updated_at") }}
        group by all
    ),

    mapped as (
        select
            j.source_system,
            j.record_id as job_id,
            j.name as job_name,
            j.status as status_code,
            {{ custom_field("jobs", "job_family", "j", "s", default_key="job_family") }} as job_family,
            {{ code_key(custom_field("jobs", "job_level_code", "j", "s", default_key="job_level")) }} as job_level_code,
            case
                when j.is_template
                then 'template'
                else {{ code_key(custom_field("jobs", "job_class_code", "j", "s", otherwise="'role'")) }}
            end as job_class_code,
            j.department_id,
            j.office_ids[1] as office_id,
            j.opened_at,
            j.closed_at,
            o.recruiter_id as recruiter_id,
            m.hiring_manager_id as hiring_manager_id,
            j.observed_at
        from {{ latest_version(ref("stg_greenhouse__jobs"), "jobs", "updated_at") }} as j
        left join {{ ref("stg_config__source_settings") }} as s on s.source_system = j.source_system
        left join owners as o on o.source_system = j.source_system and o.job_id = j.record_id
        left join managers as m on m.source_system = j.source_system and m.job_id = j.record_id
    )

select *
from {{ canonical_rows("jobs", "mapped") }} as r
