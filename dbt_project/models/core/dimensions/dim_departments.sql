-- One row per department of a source.
select
    cast(null as varchar) as department_key,
    cast(null as varchar) as source_system,
    cast(null as varchar) as department_id,
    cast(null as varchar) as department_name,
    cast(null as varchar) as parent_department_key
where false
