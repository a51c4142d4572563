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
        select source_system, observed_at, candidate_id, {{ profile_code("link") }}, link
        from (select source_system, observed_at, candidate_id, unnest(links) as link from opportunities)
    ),
    mapped as ({{ distinct_contacts("contacts", "candidate_id") }})

select *
from {{ canonical_rows("candidate_contacts", "mapped") }} as r
