-- One row per candidate of a source x identifier that can only be theirs, normalised for comparison (restricted:
-- holds contacts).
-- Codes: email, linkedin, phone, and candidate_id (their id in another system, as the source itself says). Names
-- never identify anybody.
with
    contacts as (
        select source_system, candidate_id, contact_code, contact_value
        from {{ ref("candidate_contacts") }}
        union all
        -- the address a message went to is its recipient's
        select source_system, candidate_id, 'email', recipient_address
        from {{ ref("outreach_messages") }}
        where candidate_id is not null and recipient_address is not null
    ),
    normalised as (
        select
            source_system,
            candidate_id,
            contact_code as identifier_code,
            {{ normal_email("contact_value") }} as identifier_value
        from contacts
        where contact_code = 'email'
        union
        select source_system, candidate_id, contact_code, {{ normal_linkedin("contact_value") }}
        from contacts
        where contact_code = 'linkedin'
        union
        select source_system, candidate_id, contact_code, {{ normal_phone("contact_value") }}
        from contacts
        where contact_code = 'phone'
        union
        select source_system, candidate_id, contact_code, trim(contact_value)
        from contacts
        where contact_code = 'candidate_id'
    )

select source_system, candidate_id, identifier_code, identifier_value
from normalised
where identifier_value <> ''
