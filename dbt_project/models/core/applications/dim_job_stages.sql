-- One row per job and canonical stage on its ladder: its own plan's stages with those its applications visited;
-- applied and hired always.
select
    cast(null as varchar) as job_key,
    cast(null as varchar) as stage_code,
    cast(null as integer) as stage_order,
    cast(null as varchar) as next_stage_code,
    cast(null as varchar) as source_stage_names,
    cast(null as boolean) as is_planned
where false
