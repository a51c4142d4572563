-- One row per identifier of a Greenhouse candidate (restricted).
with
    candidates as (select * from {{ latest_version(ref("stg_greenhouse__candidates"), "candidates", "updated_at") }}),
    contacts as (
        select
            source_system,
            observed_at,
            record_id,
            'name' as contact_code,
            concat_ws(' ', first_name, last_name) as contact_value
        from candidates
        union all
        select source_system, observed_at, record_id, 'email', unnest({{ distinct_texts("email_addresses") }})
        from candidates
        union all
        select source_system, observed_at, record_id, 'phone', unnest({{ distinct_texts("phone_numbers") }})
        from candidates
        union all
        select
            source_system,
            observed_at,
            record_id,
            case when address ilike '%linkedin.%/in/%' then 'linkedin' else 'other_profile' end,
            address
        from
            (
                select
                    source_system,
                    observed_at,
                    record_id,
                    unnest({{ distinct_texts("list_concat(social_media_addresses, website_addresses)") }}) as address
                from candidates
            )
    )

select
    {{
        canonical_select(
            "candidate_contacts",
            {"candidate_id": "c.record_id", "contact_code": "c.contact_code", "contact_value": "c.contact_value"},
            "c",
        )
    }}
from contacts as c
where c.contact_value <> ''
