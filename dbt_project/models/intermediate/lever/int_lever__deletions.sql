-- One row per deleted opportunity of Lever, and per contact of which every known opportunity is deleted.
with
    opportunities as (
        select
            o.source_system,
            o.record_id,
            coalesce(o.contact_id, d.contact_id, o.record_id) as candidate_id,
            case when d.observed_at >= o.observed_at then d.deleted_at end as deleted_at,
            greatest(o.observed_at, coalesce(d.observed_at, o.observed_at)) as observed_at
        from {{ ref("int_lever__opportunities") }} as o
        left join
            {{ latest_version(ref("stg_lever__deleted_opportunities"), "deleted_opportunities") }} as d
            on d.source_system = o.source_system
            and d.record_id = o.record_id
    ),
    deleted as (
        select source_system, observed_at, 'application' as entity_code, record_id as entity_id, deleted_at
        from opportunities
        where deleted_at is not null
        union all
        select source_system, max(observed_at), 'candidate', candidate_id, max(deleted_at)
        from opportunities
        group by source_system, candidate_id
        having count(*) = count(deleted_at)
    ),

    mapped as (select d.source_system, d.entity_code, d.entity_id, d.deleted_at, d.observed_at from deleted as d)

select *
from {{ canonical_rows("deletions", "mapped") }} as r
