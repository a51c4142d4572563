-- One row per canonical stage, and one for `unmapped`, which has no order.
select
    cast(null as varchar) as stage_code,
    cast(null as integer) as stage_order,
    cast(null as varchar) as stage_name,
    cast(null as boolean) as is_outreach
where false
