-- One row per contact of a candidate of a source that can only be theirs, normalised for comparison (restricted: holds
-- contacts). It is not filtered here: engines push such a filter below the steps and work every one of them out again
-- (measured: three times the cost).
{{ config(materialized="stored_table") }}

with
    contacts as (
        select source_system, candidate_id, contact_code, contact_value, observed_at
        from {{ ref("candidate_contacts") }}
        where contact_code in ('email', 'linkedin', 'phone', 'candidate_id')
        union all
        -- the address a message went to is its recipient's
        select source_system, candidate_id, 'email', recipient_address, min(observed_at)
        from {{ ref("outreach_messages") }}
        where candidate_id is not null and recipient_address is not null
        group by source_system, candidate_id, recipient_address
    ),
    prepared as (
        select
            source_system,
            candidate_id,
            contact_code as identifier_code,
            {{ identifier_text("contact_code", "contact_value") }} as text,
            observed_at
        from contacts
    ),
    normalised as (
        select
            source_system,
            candidate_id,
            identifier_code,
            case
                identifier_code
                when 'email'
                then {{ normal_email("text") }}
                when 'linkedin'
                then {{ normal_linkedin("text") }}
                when 'phone'
                then {{ normal_phone("text") }}
                else text
            end as identifier_value,
            observed_at
        from prepared
    )

select source_system, candidate_id, identifier_code, identifier_value, observed_at
from normalised
