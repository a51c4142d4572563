-- One row per identifier of a Gem candidate (restricted). candidate_id is the candidate's id in the ATS, as Gem
-- itself says.
with
    candidates as (select * from {{ latest_version(ref("stg_gem__candidates"), "candidates", "last_updated_at") }}),
    contacts as (
        select source_system, observed_at, record_id, 'name' as contact_code, {{ full_name() }} as contact_value
        from candidates
        union all
        select source_system, observed_at, record_id, 'email', unnest(emails)
        from candidates
        union all
        select source_system, observed_at, record_id, 'phone', phone_number
        from candidates
        union all
        select source_system, observed_at, record_id, 'linkedin', linked_in_handle
        from candidates
        union all
        select source_system, observed_at, record_id, 'other_profile', unnest(profiles)
        from candidates
        union all
        select source_system, observed_at, record_id, 'candidate_id', candidate_greenhouse_id
        from candidates
    ),
    mapped as ({{ distinct_contacts("contacts", "record_id") }})

select *
from {{ canonical_rows("candidate_contacts", "mapped") }} as r
