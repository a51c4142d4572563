-- One row per user of a source (employee); the only table with employees' names.
select
    cast(null as varchar) as user_key,
    cast(null as varchar) as source_system,
    cast(null as varchar) as user_id,
    cast(null as varchar) as user_name,
    cast(null as varchar) as user_email,
    cast(null as boolean) as is_active
where false
