-- One row per head that a requisition of Lever asks for, numbered, on the first of its postings.
with
    acceptances as (
        select source_system, application_id, max(resolved_at) as accepted_at
        from {{ ref("int_lever__offers") }}
        where status_code = 'accepted'
        group by all
    ),
    hires as (
        select
            a.source_system,
            o.requisition_id,
            a.application_id,
            coalesce(f.accepted_at, a.closed_at) as hired_at,
            row_number() over (
                partition by a.source_system, o.requisition_id
                order by coalesce(f.accepted_at, a.closed_at), a.application_id
            ) as head_number
        from {{ ref("int_lever__applications") }} as a
        left join acceptances as f on f.source_system = a.source_system and f.application_id = a.application_id
        inner join
            {{ ref("int_lever__opportunities") }} as o
            on o.source_system = a.source_system
            and o.record_id = a.application_id
        where a.status_code = 'hired' and o.requisition_id is not null
    ),
    hired as (select source_system, requisition_id, count(*) as hire_count from hires group by all),
    heads as (
        select
            r.*,
            unnest(
                range(
                    1,
                    1 + case
                        when r.headcount_infinite or r.headcount_total = 'unlimited'
                        then coalesce(h.hire_count, 0) + case when r.status = 'closed' then 0 else 1 end
                        else greatest(coalesce({{ parse_integer("r.headcount_total") }}, 1), coalesce(h.hire_count, 0))
                    end
                )
            ) as head_number
        from {{ latest_version(ref("stg_lever__requisitions"), "requisitions", "updated_at") }} as r
        left join hired as h on h.source_system = r.source_system and h.requisition_id = r.record_id
        where coalesce(r.status, 'open') not in ('draft', 'pending', 'rejected') and r.posting_ids[1] is not null
    ),

    mapped as (
        select
            r.source_system,
            r.record_id || '/' || r.head_number as opening_id,
            r.posting_ids[1] as job_id,
            coalesce(r.fill_started_at, r.created_at) as opened_at,
            coalesce(h.hired_at, case when r.status = 'closed' then r.closed_at end) as closed_at,
            h.application_id as filled_application_id,
            r.observed_at
        from heads as r
        left join
            hires as h
            on h.source_system = r.source_system
            and h.requisition_id = r.record_id
            and h.head_number = r.head_number
    )

select *
from {{ canonical_rows("openings", "mapped") }} as r
