-- One row per offer of Lever; the offers of an opportunity, in the order of their making, are its versions.
with
    offers as (
        select
            o.*,
            coalesce(
                {{ parse_unix_millis("json_extract_string(o.signatures, '$.candidate.signedAt')") }},
                {{ parse_unix_millis("json_extract_string(o.signatures, '$.signedAt')") }},
                {{ parse_unix_millis("list_max(json_extract_string(o.signatures, '$.*.signedAt'))") }}
            ) as signed_at,
            case
                when o.sent_at is not null
                then o.sent_at
                when o.status in ('sent', 'sent-manually', 'opened', 'signed')
                then coalesce(o.approved_at, o.created_at)
            end as extended_at,
            list_filter(o.form, lambda f:f.identifier = 'anticipated_start_date')[1].value as start_text,
            row_number() over (
                partition by o.source_system, o.opportunity_id order by o.created_at, o.record_id
            ) as version_number,
            count(*) over (partition by o.source_system, o.opportunity_id) as version_count
        from {{ latest_version(ref("stg_lever__offers"), "offers") }} as o
    ),
    ended as (
        select
            o.*,
            o.version_number = o.version_count as is_last,
            a.archived_at,
            {{ is_lever_hire("a.archived_at", "r.type", "r.name") }} as is_hired,
            d.direction_code,
            d.reason_name
        from offers as o
        left join
            {{ ref("int_lever__opportunities") }} as a
            on a.source_system = o.source_system
            and a.record_id = o.opportunity_id
        left join
            {{ latest_version(ref("stg_lever__archive_reasons"), "archive_reasons") }} as r
            on r.source_system = a.source_system
            and r.record_id = a.archive_reason_id
        left join
            {{ ref("int_lever__close_reasons") }} as d
            on d.source_system = a.source_system
            and d.close_reason_id = a.archive_reason_id
    ),
    judged as (
        select
            *,
            case
                when status = 'signed'
                then 'accepted'
                when extended_at is null
                then 'draft'
                when status = 'denied' and not is_last
                then 'declined'
                when not is_last
                then 'superseded'
                when is_hired and status <> 'denied'
                then 'accepted'
                when archived_at is null or is_hired
                then case when status = 'denied' then 'declined' else 'open' end
                when coalesce(direction_code, 'candidate') = 'candidate'
                then 'declined'
                when {{ is_expiry("direction_code", "reason_name") }}
                then 'expired'
                else 'rescinded'
            end as status_code
        from ended
    ),

    mapped as (
        select
            o.source_system,
            o.record_id as offer_id,
            o.version_number,
            o.opportunity_id as application_id,
            o.status_code,
            o.created_at,
            o.extended_at,
            case
                when o.status_code = 'accepted'
                then coalesce(o.signed_at, o.archived_at)
                when o.is_last and not o.is_hired and o.status_code in ('declined', 'expired', 'rescinded')
                then o.archived_at
            end as resolved_at,
            coalesce(
                cast({{ parse_unix_millis("o.start_text") }} as date), {{ parse_date("o.start_text") }}
            ) as starts_on,
            o.observed_at
        from judged as o
    )

select *
from {{ canonical_rows("offers", "mapped") }} as r
