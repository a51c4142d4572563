-- One row per job of Greenhouse. Of several offices the first is the job's. Of several owners it is the responsible
-- one that came last: whoever left the team is gone from Greenhouse's list, but not from the log. Family, level and
-- class are custom fields: those that sources.yml names, else job_family and job_level, and a role.
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
    )

select
    {{
        canonical_select(
            "jobs",
            {
                "job_id": "j.record_id",
                "job_name": "j.name",
                "status_code": "j.status",
                "job_family": custom_field("jobs", "job_family", "j", "s", default_key="job_family"),
                "job_level_code": name_key(custom_field("jobs", "job_level_code", "j", "s", default_key="job_level")),
                "job_class_code": "case when j.is_template then 'template' else "
                ~ name_key(custom_field("jobs", "job_class_code", "j", "s", otherwise="'role'"))
                ~ " end",
                "department_id": "j.department_id",
                "office_id": "j.office_ids[1]",
                "opened_at": "j.opened_at",
                "closed_at": "j.closed_at",
                "recruiter_id": "o.recruiter_id",
                "hiring_manager_id": "m.hiring_manager_id",
            },
            "j",
        )
    }}
from {{ latest_version(ref("stg_greenhouse__jobs"), "jobs", "updated_at") }} as j
left join {{ ref("stg_config__source_settings") }} as s on s.source_system = j.source_system
left join owners as o on o.source_system = j.source_system and o.job_id = j.record_id
left join managers as m on m.source_system = j.source_system and m.job_id = j.record_id
