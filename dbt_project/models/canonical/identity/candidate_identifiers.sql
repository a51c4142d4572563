-- One row per contact of a candidate of a source that can only be theirs, normalised for comparison (restricted:
-- holds contacts). Codes: email, linkedin, phone, and candidate_id (their id in another system, as the source itself
-- says). Names never identify anybody. Two contacts may come to the same identifier.
{{ config(materialized="table") }}

with
    contacts as (
        select source_system, candidate_id, contact_code, contact_value
        from {{ ref("candidate_contacts") }}
        where contact_code in ('email', 'linkedin', 'phone', 'candidate_id')
        union all
        -- the address a message went to is its recipient's
        select distinct source_system, candidate_id, 'email', recipient_address
        from {{ ref("outreach_messages") }}
        where candidate_id is not null and recipient_address is not null
    ),
    prepared as (
        select
            *, case when contact_code = 'phone' then {{ replace_pattern("contact_value", "[^0-9]", "") }} end as digits
        from contacts
    ),
    normalised as (
        select
            source_system,
            candidate_id,
            contact_code as identifier_code,
            case
                contact_code
                when 'email'
                then {{ normal_email("contact_value") }}
                when 'linkedin'
                then {{ normal_linkedin("contact_value") }}
                when 'phone'
                then {{ normal_phone("digits") }}
                else trim(contact_value)
            end as identifier_value
        from prepared
    )

select source_system, candidate_id, identifier_code, identifier_value
from normalised
where identifier_value <> ''
