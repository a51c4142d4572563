-- One row per job of Ashby.
with
    mapped as (
        select
            j.source_system,
            j.record_id as job_id,
            j.title as job_name,
            case j.status when 'Archived' then 'closed' else lower(j.status) end as status_code,
            {{ ashby_custom_field("j.custom_fields", "job family") }} as job_family,
            {{ code_key(ashby_custom_field("j.custom_fields", "job level")) }} as job_level_code,
            'role' as job_class_code,
            j.department_id,
            j.location_id as office_id,
            j.opened_at,
            j.closed_at,
            {{ ashby_member("j.hiring_team", "recruiter") }} as recruiter_id,
            {{ ashby_member("j.hiring_team", "hiring manager") }} as hiring_manager_id,
            j.observed_at
        from {{ latest_version(ref("stg_ashby__jobs"), "jobs", "updated_at") }} as j
    )

select *
from {{ canonical_rows("jobs", "mapped") }} as r
