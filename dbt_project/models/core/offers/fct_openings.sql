-- One row per opening (a seat of a requisition to fill).
select
    cast(null as varchar) as opening_key,
    cast(null as varchar) as job_key,
    cast(null as timestamp) as opened_at,
    cast(null as timestamp) as closed_at,
    cast(null as boolean) as is_open,
    cast(null as date) as target_start_on,
    cast(null as varchar) as filled_application_key,
    cast(null as timestamp) as filled_at,
    cast(null as double) as hold_days,
    cast(null as double) as days_to_fill,
    cast(null as double) as gross_days_to_fill
where false
