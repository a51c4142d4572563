-- One row per complete sweep of an entity of Greenhouse: every page that its last page counted is there, with as many
-- ids as were told.
with
    pages as (select * from {{ latest_version(ref("stg_greenhouse__sweeps"), "sweeps") }}),
    totals as (
        select source_system, entity, swept_at, parts, total
        from pages
        where parts is not null and total is not null and part = parts - 1
    ),
    counted as (
        select t.source_system, t.entity, t.swept_at, max(p.observed_at) as observed_at, min(t.total) as listed_count
        from totals as t
        inner join
            pages as p
            on p.source_system = t.source_system
            and p.entity = t.entity
            and p.swept_at = t.swept_at
            and p.part < t.parts
        group by t.source_system, t.entity, t.swept_at
        having count(*) = min(t.parts) and sum(len(p.ids)) = min(t.total)
    )

select *, row_number() over (partition by source_system, entity order by swept_at) as sweep_number
from counted
