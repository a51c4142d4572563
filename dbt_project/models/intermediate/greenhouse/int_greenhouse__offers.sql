-- One row per offer version of Greenhouse.
-- Created is a draft until it has a sending date, then open; Deprecated is superseded. Rejected says neither who nor
-- why: the application's first rejection at or after that moment tells. A reason of the candidate, or none = declined
-- (an empty reason is listed, and the recruiter asked); neither's, in words that speak of expiry = expired; else
-- rescinded. sent_on is a date: its first instant in the company's zone, or the version's creation if that was the
-- same day.
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
    )

select
    {{
        canonical_select(
            "offers",
            {
                "offer_id": "o.record_id",
                "version_number": "o.version",
                "application_id": "o.application_id",
                "status_code": greenhouse_offer_status("o.status", "o.sent_on", "e.direction_code", "e.reason_name"),
                "created_at": "o.created_at",
                "extended_at": "case when "
                ~ local_date("o.created_at")
                ~ " = o.sent_on then o.created_at else "
                ~ first_instant("o.sent_on")
                ~ " end",
                "resolved_at": "case when o.status in ('Accepted', 'Rejected') then o.resolved_at end",
                "starts_on": "o.starts_on",
                "opening_id": "o.opening_id",
            },
            "o",
        )
    }}
from {{ latest_version(ref("stg_greenhouse__offers"), "offers", "updated_at") }} as o
left join explained as e on e.source_system = o.source_system and e.record_id = o.record_id
