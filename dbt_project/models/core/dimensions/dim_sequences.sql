-- One row per outreach sequence.
select
    cast(null as varchar) as sequence_key,
    cast(null as varchar) as source_system,
    cast(null as varchar) as sequence_id,
    cast(null as varchar) as sequence_name,
    cast(null as varchar) as owner_key,
    cast(null as timestamp) as created_at
where false
