-- One row per event in the life of a candidate, from the ATS, the CRM and email.
select
    cast(null as varchar) as activity_key,
    cast(null as varchar) as candidate_key,
    cast(null as varchar) as application_key,
    cast(null as varchar) as job_key,
    cast(null as varchar) as actor_key,
    cast(null as varchar) as activity_code,
    cast(null as timestamp) as occurred_at,
    cast(null as varchar) as source_system
where false
