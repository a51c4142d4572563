-- One row per visit: a stay of an application in a stage with a real entry time.
select
    cast(null as varchar) as visit_key,
    cast(null as varchar) as application_key,
    cast(null as varchar) as stage_code,
    cast(null as integer) as stage_order,
    cast(null as varchar) as source_stage_name,
    cast(null as integer) as source_stage_order,
    cast(null as integer) as visit_number,
    cast(null as timestamp) as entered_at,
    cast(null as timestamp) as exited_at,
    cast(null as boolean) as is_open,
    cast(null as varchar) as exit_code,
    cast(null as double) as days_in_stage,
    cast(null as varchar) as duration_quality_code
where false
