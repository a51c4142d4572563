-- One row per place that a posting or an opportunity of Lever names; the name is the id.
with
    named as (
        select source_system, location_name as office_name, observed_at
        from {{ latest_version(ref("stg_lever__postings"), "postings", "updated_at") }}
        union all
        select source_system, nullif(opportunity_location, 'unspecified'), observed_at
        from {{ ref("int_lever__opportunities") }}
    ),

    mapped as (
        select o.source_system, o.office_name as office_id, o.office_name, o.observed_at
        from
            (
                select source_system, office_name, max(observed_at) as observed_at
                from named
                where office_name is not null
                group by all
            ) as o
    )

select *
from {{ canonical_rows("offices", "mapped") }} as r
