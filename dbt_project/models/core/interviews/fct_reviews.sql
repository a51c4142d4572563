-- One row per request to review a profile or resume.
select
    cast(null as varchar) as review_key,
    cast(null as varchar) as job_key,
    cast(null as varchar) as reviewer_key,
    cast(null as varchar) as candidate_key,
    cast(null as varchar) as application_key,
    cast(null as timestamp) as requested_at,
    cast(null as timestamp) as decided_at,
    cast(null as varchar) as decision_code,
    cast(null as double) as review_hours
where false
