-- One row per offer version of Greenhouse.
with
    endings as (
        select r.source_system, r.application_id, r.rejected_at, d.direction_code, d.reason_name
        from {{ latest_version(ref("stg_greenhouse__rejection_details"), "rejection_details", "updated_at") }} as r
        left join
            {{ ref("int_greenhouse__close_reasons") }} as d
            on d.source_system = r.source_system
            and d.close_reason_id = r.rejection_reason_id
    ),
    explained as (
        -- the first rejection after the offer's answer
        select
            o.source_system,
            o.record_id,
            arg_min(e.direction_code, e.rejected_at) as direction_code,
            arg_min(e.reason_name, e.rejected_at) as reason_name
        from {{ latest_version(ref("stg_greenhouse__offers"), "offers", "updated_at") }} as o
        inner join
            endings as e
            on e.source_system = o.source_system
            and e.application_id = o.application_id
            and e.rejected_at >= o.resolved_at
        where o.status = 'Rejected'
        group by all
    ),

    mapped as (
        select
            o.source_system,
            o.record_id as offer_id,
            o.version as version_number,
            o.application_id,
            {{ greenhouse_offer_status("o.status", "o.sent_on", "e.direction_code", "e.reason_name") }} as status_code,
            o.created_at,
            case
                when {{ local_date("o.created_at") }} = o.sent_on
                then o.created_at
                else {{ first_instant("o.sent_on") }}
            end as extended_at,
            case when o.status in ('Accepted', 'Rejected') then o.resolved_at end as resolved_at,
            o.starts_on,
            o.opening_id,
            o.observed_at
        from {{ latest_version(ref("stg_greenhouse__offers"), "offers", "updated_at") }} as o
        left join explained as e on e.source_system = o.source_system and e.record_id = o.record_id
    )

select *
from {{ canonical_rows("offers", "mapped") }} as r
