-- One row per source of Lever: those listed, and those that an opportunity names.
with
    named as (
        select source_system, trim(record_id) as source_name, observed_at
        from {{ latest_version(ref("stg_lever__sources"), "sources") }}
        union all
        select source_system, source_id, observed_at
        from {{ ref("int_lever__opportunities") }}
    ),

    mapped as (
        select s.source_system, s.source_name as source_id, s.source_name, s.observed_at
        from
            (
                select source_system, source_name, max(observed_at) as observed_at
                from named
                where source_name <> ''
                group by all
            ) as s
    )

select *
from {{ canonical_rows("sources", "mapped") }} as r
