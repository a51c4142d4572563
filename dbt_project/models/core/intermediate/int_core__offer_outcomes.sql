-- One row per application with an offer that was extended: what came of it, and when (concepts.md "Offers").
-- A decline is the candidate's act: where the reason that closed the application is the company's, an offer the source
-- calls declined was rescinded. An offer that the source leaves open on an application that has ended was resolved by
-- that end; nobody recorded it, so is_resolution_inferred. The cohort is the first extension; where nobody knows when
-- the offer went out, the resolution (is_extension_inferred). A renege never rewrites the acceptance; what is accepted
-- and not reneged is standing.
with
    settled as (
        select
            c.*,
            b.application_key,
            b.status_code as application_status_code,
            b.has_left_unstarted,
            c.status_code = 'open' and b.is_ended as is_resolution_inferred,
            case
                when c.status_code = 'declined' and d.direction_code = 'company'
                then 'rescinded'
                when c.status_code <> 'open' or not b.is_ended
                then c.status_code
                when b.status_code = 'hired'
                then 'accepted'
                when b.status_code = 'withdrawn'
                then 'declined'
                else 'rescinded'
            end as settled_status_code,
            case
                when c.status_code <> 'open' then c.resolved_at when b.is_ended then coalesce(b.hired_at, b.ended_at)
            end as settled_at
        from {{ ref("int_core__offer_choices") }} as c
        inner join
            {{ ref("int_core__application_basis") }} as b
            on b.source_system = c.source_system
            and b.application_id = c.application_id
        left join
            {{ ref("reason_codes") }} as d
            on d.source_system = b.source_system
            and d.close_reason_id = b.close_reason_id
    ),
    judged as (
        select
            *,
            settled_status_code = 'accepted'
            and (application_status_code in ('rejected', 'withdrawn', 'closed') or has_left_unstarted) as is_reneged
        from settled
    )

select
    application_key,
    application_status_code,
    source_system,
    application_id,
    offer_id,
    opening_id,
    first_extended_at,
    extended_at,
    settled_at as resolved_at,
    is_resolution_inferred,
    coalesce(first_extended_at, settled_at) as cohort_at,
    first_extended_at is null as is_extension_inferred,
    settled_status_code as status_code,
    is_reneged,
    settled_status_code = 'accepted' and not is_reneged as is_standing,
    starts_on,
    version_count
from judged
