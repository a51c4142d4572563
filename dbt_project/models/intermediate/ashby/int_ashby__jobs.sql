-- One row per job of Ashby. Job family and level are custom fields with those titles. Recruiter and hiring manager are
-- the hiring team's, the first of each role.
select
    {{
        canonical_select(
            "jobs",
            {
                "job_id": "j.record_id",
                "job_name": "j.title",
                "status_code": "case j.status when 'Archived' then 'closed' else lower(j.status) end",
                "job_family": ashby_custom_field("j.custom_fields", "job family"),
                "job_level_code": name_key(ashby_custom_field("j.custom_fields", "job level")),
                "job_class_code": "'role'",
                "department_id": "j.department_id",
                "office_id": "j.location_id",
                "opened_at": "j.opened_at",
                "closed_at": "j.closed_at",
                "recruiter_id": ashby_member("j.hiring_team", "recruiter"),
                "hiring_manager_id": ashby_member("j.hiring_team", "hiring manager"),
            },
            "j",
        )
    }}
from {{ latest_version(ref("stg_ashby__jobs"), "jobs", "updated_at") }} as j
