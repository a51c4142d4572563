-- One row per interview and interviewer.
select
    cast(null as varchar) as interview_key,
    cast(null as varchar) as application_key,
    cast(null as varchar) as job_key,
    cast(null as varchar) as stage_code,
    cast(null as varchar) as interviewer_key,
    cast(null as timestamp) as scheduled_at,
    cast(null as timestamp) as starts_at,
    cast(null as timestamp) as ends_at,
    cast(null as double) as duration_minutes,
    cast(null as varchar) as status_code,
    cast(null as timestamp) as feedback_submitted_at,
    cast(null as double) as feedback_hours,
    cast(null as double) as feedback_due_hours,
    cast(null as boolean) as is_feedback_overdue,
    cast(null as varchar) as rating_code
where false
