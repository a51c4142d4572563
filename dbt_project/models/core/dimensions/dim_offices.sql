-- One row per office of a source.
select
    cast(null as varchar) as office_key,
    cast(null as varchar) as source_system,
    cast(null as varchar) as office_id,
    cast(null as varchar) as office_name
where false
