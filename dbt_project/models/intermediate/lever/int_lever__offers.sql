-- One row per offer of Lever; the offers of an opportunity, in the order of their making, are its versions. Signed is
-- accepted, at the candidate's signature; so is the last one sent of an opportunity that was hired, at its archiving:
-- an answer by telephone is not recorded. An earlier one that nobody answered is superseded (Lever does not mark it);
-- 'denied' after sending is declined. Of an archived opportunity the last one sent ended with it, and the reason's
-- direction tells: the candidate's, or none = declined; neither's, in words that speak of expiry = expired; else
-- rescinded. A refusal has no time of its own: it is the archiving's, else unknown.
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
                when direction_code = 'neither' and reason_name ilike '%expir%'
                then 'expired'
                else 'rescinded'
            end as status_code
        from ended
    )

select
    {{
        canonical_select(
            "offers",
            {
                "offer_id": "o.record_id",
                "version_number": "o.version_number",
                "application_id": "o.opportunity_id",
                "status_code": "o.status_code",
                "created_at": "o.created_at",
                "extended_at": "o.extended_at",
                "resolved_at": "case when o.status_code = 'accepted' then coalesce(o.signed_at, o.archived_at) "
                "when o.is_last and not o.is_hired and o.status_code in ('declined', 'expired', 'rescinded') then o.archived_at end",
                "starts_on": "coalesce(cast("
                ~ parse_unix_millis("o.start_text")
                ~ " as date), "
                ~ parse_date("o.start_text")
                ~ ")",
            },
            "o",
        )
    }}
from judged as o
