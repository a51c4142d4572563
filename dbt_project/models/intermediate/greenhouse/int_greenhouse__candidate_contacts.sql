-- One row per identifier of a Greenhouse candidate (restricted).
with
    erasures as (
        select source_system, candidate_id, max(erased_at) as erased_at
        from
            (
                select source_system, entity_id as candidate_id, deleted_at as erased_at
                from {{ ref("int_greenhouse__deletions") }}
                where entity_code = 'candidate'
                union all
                select source_system, candidate_id, observed_at
                from {{ latest_version(ref("stg_greenhouse__webhooks"), "webhooks") }}
                where action = 'candidate_anonymized'
            )
        group by all
    ),
    candidates as (
        select c.*
        from {{ latest_version(ref("stg_greenhouse__candidates"), "candidates", "updated_at") }} as c
        left join erasures as e on e.source_system = c.source_system and e.candidate_id = c.record_id
        where e.erased_at is null or c.observed_at > e.erased_at
    ),
    contacts as (
        select source_system, observed_at, record_id, 'name' as contact_code, {{ full_name() }} as contact_value
        from candidates
        union all
        select source_system, observed_at, record_id, 'email', unnest({{ distinct_texts("email_addresses") }})
        from candidates
        union all
        select source_system, observed_at, record_id, 'phone', unnest({{ distinct_texts("phone_numbers") }})
        from candidates
        union all
        select source_system, observed_at, record_id, {{ profile_code("address") }}, address
        from
            (
                select
                    source_system,
                    observed_at,
                    record_id,
                    unnest({{ distinct_texts("list_concat(social_media_addresses, website_addresses)") }}) as address
                from candidates
            )
    ),

    mapped as ({{ filled_contacts("contacts", "record_id") }})

select *
from {{ canonical_rows("candidate_contacts", "mapped") }} as r
