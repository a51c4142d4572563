-- One row per identifier of a Lever contact (restricted), over all its opportunities.
with
    opportunities as (
        select source_system, observed_at, coalesce(contact_id, record_id) as candidate_id, name, emails, phones, links
        from {{ ref("int_lever__opportunities") }}
    ),
    contacts as (
        select source_system, observed_at, candidate_id, 'name' as contact_code, name as contact_value
        from opportunities
        union all
        select source_system, observed_at, candidate_id, 'email', unnest(emails)
        from opportunities
        union all
        select source_system, observed_at, candidate_id, 'phone', unnest(phones)
        from opportunities
        union all
        select source_system, observed_at, candidate_id, 'other_profile', unnest(links)
        from opportunities
    ),
    distinct_contacts as (
        select
            source_system,
            candidate_id,
            case
                when contact_code = 'other_profile' and contact_value ilike '%linkedin.%/in/%'
                then 'linkedin'
                else contact_code
            end as contact_code,
            trim(contact_value) as contact_value,
            max(observed_at) as observed_at
        from contacts
        where trim(contact_value) <> ''
        group by all
    ),

    mapped as (
        select c.source_system, c.candidate_id, c.contact_code, c.contact_value, c.observed_at
        from distinct_contacts as c
    )

select *
from {{ canonical_rows("candidate_contacts", "mapped") }} as r
