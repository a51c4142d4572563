-- One row per opportunity of Lever, leads too. Archived for the reason of type 'hired' is a hire, at the signing of
-- its offer, else at its archiving. Any other reason ends it: whose act that was is what the tenant's mapping of the
-- reason says (the candidate = withdrawn, neither = closed, else rejected); a missing reason after an extended offer
-- counts as the candidate's, and the recruiter is then asked for it. The stage list knows no archive, so the current
-- stage is where it was left. A person who entered process as a lead applied when the leads were left.
with
    reasons as (select * from {{ latest_version(ref("stg_lever__archive_reasons"), "archive_reasons") }}),
    offers as (
        select
            source_system,
            application_id,
            max(case when status_code = 'accepted' then resolved_at end) as accepted_at,
            max(case when status_code = 'declined' then 1 end) as has_declined
        from {{ ref("int_lever__offers") }}
        group by all
    ),
    ended as (
        select
            a.*,
            {{ is_lever_hire("a.archived_at", "r.type", "r.name") }} as is_hired,
            d.direction_code,
            o.accepted_at,
            o.has_declined
        from {{ ref("int_lever__opportunities") }} as a
        left join reasons as r on r.source_system = a.source_system and r.record_id = a.archive_reason_id
        left join
            {{ ref("int_lever__close_reasons") }} as d
            on d.source_system = a.source_system
            and d.close_reason_id = a.archive_reason_id
        left join offers as o on o.source_system = a.source_system and o.application_id = a.record_id
    )

select
    {{
        canonical_select(
            "applications",
            {
                "application_id": "a.record_id",
                "candidate_id": "coalesce(a.contact_id, a.record_id)",
                "job_id": "a.posting_id",
                "applied_at": "case when a.is_prospect then a.created_at else coalesce(a.process_at, a.created_at) end",
                "status_code": "case when a.archived_at is null then 'active' when a.is_hired then 'hired' "
                "when a.direction_code = 'candidate' or (a.archive_reason_id is null and a.has_declined = 1) then 'withdrawn' "
                "when a.direction_code = 'neither' then 'closed' else 'rejected' end",
                "hired_at": "case when a.is_hired then coalesce(a.accepted_at, a.archived_at) end",
                "closed_at": "a.archived_at",
                "close_reason_id": "case when not a.is_hired then a.archive_reason_id end",
                "current_stage_id": "a.stage_id",
                "origin_code": "case when a.origin= 'university' then 'applied' else lower(a.origin) end",
                "source_id": "a.source_id",
                "recruiter_id": "a.owner_id",
                "sourcer_id": "case when a.origin= 'sourced' then a.sourced_by_id end",
                "office_id": "nullif(a.opportunity_location, 'unspecified')",
                "is_prospect": "a.is_prospect",
                "last_activity_at": "greatest(a.last_interaction_at, a.last_advanced_at, a.archived_at, a.created_at)",
                "updated_at": "a.updated_at",
            },
            "a",
        )
    }}
from ended as a
