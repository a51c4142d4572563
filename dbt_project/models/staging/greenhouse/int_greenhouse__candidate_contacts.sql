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
        select source_system, observed_at, record_id, 'email', unnest(email_addresses)
        from candidates
        union all
        select source_system, observed_at, record_id, 'phone', unnest(phone_numbers)
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
                    unnest(list_concat(social_media_addresses, website_addresses)) as address
                from candidates
            )
    ),
    distinct_contacts as (
        select
            source_system,
            record_id,
            contact_code,
            trim(contact_value) as contact_value,
            max(observed_at) as observed_at
        from contacts
        where trim(contact_value) <> ''
        group by all
    )

select
    {{
        canonical_select(
            "candidate_contacts",
            {"candidate_id": "c.record_id", "contact_code": "c.contact_code", "contact_value": "c.contact_value"},
            "c",
        )
    }}
from distinct_contacts as c
