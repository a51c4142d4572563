-- One row per identifier of an Ashby candidate (restricted).
with
    candidates as (select * from {{ latest_version(ref("stg_ashby__candidates"), "candidates", "updated_at") }}),
    contacts as (
        select source_system, observed_at, record_id, 'name' as contact_code, name as contact_value
        from candidates
        union all
        select
            source_system,
            observed_at,
            record_id,
            'email',
            unnest({{ distinct_texts("list_append(coalesce(email_addresses, []), primary_email)") }})
        from candidates
        union all
        select source_system, observed_at, record_id, 'phone', unnest({{ distinct_texts("phone_numbers") }})
        from candidates
        union all
        select distinct source_system, observed_at, record_id, {{ profile_code("trim(l.url)") }}, trim(l.url)
        from (select source_system, observed_at, record_id, unnest(links) as l from candidates)
    ),

    mapped as ({{ filled_contacts("contacts", "record_id") }})

select *
from {{ canonical_rows("candidate_contacts", "mapped") }} as r
