-- One row per source of Lever: those listed, and those that an opportunity names. A source is its text; of several on
-- an opportunity the first counts. Channel and origin come from the tenant's mapping.
with
    named as (
        select source_system, trim(record_id) as source_name, observed_at
        from {{ latest_version(ref("stg_lever__sources"), "sources") }}
        union all
        select source_system, source_id, observed_at
        from {{ ref("int_lever__opportunities") }}
    )

select {{ canonical_select("sources", {"source_id": "s.source_name", "source_name": "s.source_name"}, "s") }}
from
    (
        select source_system, source_name, max(observed_at) as observed_at
        from named
        where source_name <> ''
        group by all
    ) as s
