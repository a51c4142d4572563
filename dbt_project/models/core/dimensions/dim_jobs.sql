-- One row per requisition (job of the ATS), whatever its class or status.
select
    cast(null as varchar) as job_key,
    cast(null as varchar) as source_system,
    cast(null as varchar) as job_id,
    cast(null as varchar) as job_name,
    cast(null as varchar) as job_family,
    cast(null as varchar) as job_level_code,
    cast(null as varchar) as department_key,
    cast(null as varchar) as office_key,
    cast(null as varchar) as recruiter_key,
    cast(null as varchar) as hiring_manager_key,
    cast(null as varchar) as job_class,
    cast(null as varchar) as status,
    cast(null as timestamp) as opened_at,
    cast(null as timestamp) as closed_at
where false
