-- One row per application with an offer that was extended: the latest version that is neither draft nor superseded
-- (concepts.md "Offers").
-- The cohort is the first extension over all versions. A decline is the candidate's act: where the reason that closed
-- the application is the company's, an offer the source calls declined was rescinded; a status alone says nothing of
-- the kind, so without a reason it stays a decline with an unknown reason, which the recruiter is asked for; what comes
-- back (decline_answers) stands where the source has no specific reason of its own, beside the source's words. A renege
-- never rewrites the acceptance.
with
    offers as (
        select
            {{ key("application", ["c.source_system", "c.application_id"]) }} as application_key,
            c.*,
            h.started_on,
            h.left_on
        from {{ ref("int_core__offer_choices") }} as c
        left join
            {{ ref("hire_outcomes") }} as h on h.source_system = c.source_system and h.application_id = c.application_id
    ),
    settled as (
        select
            o.*,
            a.candidate_key,
            a.job_key,
            a.job_family,
            a.recruiter_key,
            a.hiring_manager_key,
            a.department_key,
            a.office_key,
            a.source_key,
            a.origin_code,
            a.status_code as application_status_code,
            a.close_reason_code,
            a.close_reason_source_name,
            case
                when o.status_code = 'declined' and d.direction_code = 'company' then 'rescinded' else o.status_code
            end as settled_status_code
        from offers as o
        inner join {{ ref("fct_applications") }} as a on a.application_key = o.application_key
        inner join {{ ref("int_core__application_basis") }} as b on b.application_key = o.application_key
        left join
            {{ ref("reason_codes") }} as d
            on d.source_system = b.source_system
            and d.close_reason_id = b.close_reason_id
    )

select
    {{ key("offer", ["s.source_system", "s.offer_id"]) }} as offer_key,
    s.source_system,
    s.offer_id,
    application_key,
    candidate_key,
    job_key,
    job_family,
    recruiter_key,
    hiring_manager_key,
    department_key,
    office_key,
    source_key,
    origin_code,
    first_extended_at as extended_at,
    {{ local_date("first_extended_at") }} as extended_on,
    extended_at as last_extended_at,
    case when settled_status_code <> 'open' then resolved_at end as resolved_at,
    case when settled_status_code <> 'open' then {{ local_date("resolved_at") }} end as resolved_on,
    settled_status_code as status_code,
    settled_status_code = 'accepted'
    and (
        application_status_code in ('rejected', 'withdrawn', 'closed') or (started_on is null and left_on is not null)
    ) as is_reneged,
    starts_on,
    cast(version_count as integer) as version_count,
    case
        when settled_status_code <> 'declined'
        then null
        when w.decline_reason_code is not null and not coalesce(r.is_specific, false)
        then w.decline_reason_code
        when close_reason_source_name is null
        then 'unknown'
        else coalesce(r.decline_reason_code, 'unmapped')
    end as decline_reason_code,
    case when settled_status_code = 'declined' then close_reason_source_name end as decline_reason_source_name,
    case
        when settled_status_code = 'declined' then coalesce(r.is_specific, false) or w.decline_reason_code is not null
    end as is_reason_specific,
    case
        when settled_status_code = 'declined' and not coalesce(r.is_specific, false) then w.answered_on
    end as decline_answered_on,
    case
        when settled_status_code = 'declined' and not coalesce(r.is_specific, false)
        then {{ optional_key("user", ["w.source_system", "w.answered_by_id"]) }}
    end as decline_answered_by_key,
    case
        when settled_status_code <> 'open' then {{ days_between("first_extended_at", "resolved_at") }}
    end as days_to_resolve,
    s.application_status_code
from settled as s
left join {{ ref("decline_reasons") }} as r on r.decline_reason_code = s.close_reason_code
left join {{ ref("decline_answers") }} as w on w.source_system = s.source_system and w.offer_id = s.offer_id
