-- One row per offer version of Ashby.
with
    archived as (
        select a.source_system, a.application_id, a.closed_at, r.direction_code, r.reason_name
        from {{ ref("int_ashby__applications") }} as a
        left join
            {{ ref("int_ashby__close_reasons") }} as r
            on r.source_system = a.source_system
            and r.close_reason_id = a.close_reason_id
        where a.status_code in ('rejected', 'withdrawn', 'closed')
    ),
    entries as (
        select
            o.source_system,
            o.observed_at,
            o.record_id as offer_id,
            o.application_id,
            o.offer_status,
            o.decided_at,
            unnest(o.versions) as v
        from {{ latest_version(ref("stg_ashby__offers"), "offers", "decided_at") }} as o
    ),
    versions as (
        select
            source_system,
            observed_at,
            offer_id,
            application_id,
            offer_status,
            decided_at,
            v.id as version_id,
            {{ parse_timestamp("v.createdAt") }} as created_at,
            {{ parse_date("v.startDate") }} as starts_on,
            v.openingid as opening_id,
            coalesce(v.approvalstatus, 'Approved') = 'Approved' as is_approved
        from entries
    ),
    numbered as (
        select
            *,
            row_number() over (
                partition by source_system, application_id order by created_at, version_id
            ) as version_number,
            row_number() over (
                partition by source_system, offer_id order by created_at desc, version_id desc
            ) as rank_from_last
        from versions
    ),
    judged as (
        select n.*, {{ ashby_offer_status("n", "r") }} as status_code, r.closed_at as archived_at
        from numbered as n
        left join
            archived as r
            on r.source_system = n.source_system
            and r.application_id = n.application_id
            and r.closed_at >= coalesce(n.decided_at, n.created_at)
    ),

    mapped as (
        select
            j.source_system,
            j.version_id as offer_id,
            j.version_number,
            j.application_id,
            j.status_code,
            j.created_at,
            case when j.is_approved then j.created_at end as extended_at,
            case
                when j.status_code in ('accepted', 'declined', 'expired', 'rescinded')
                then coalesce(j.decided_at, j.archived_at)
            end as resolved_at,
            j.starts_on,
            j.opening_id,
            j.observed_at
        from judged as j
    )

select *
from {{ canonical_rows("offers", "mapped") }} as r
