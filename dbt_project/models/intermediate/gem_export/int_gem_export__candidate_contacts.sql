-- One row per identifier of a candidate of Gem's export (restricted). candidate_id is the candidate's id in the ATS, as
-- Gem itself says; a LinkedIn address is its handle, as Gem's API writes it.
with
    seen as (select * from {{ ref("int_gem_export__sightings") }}),
    records as (
        select *, try(cast(cast(all_candidate_emails as json) as varchar[])) as emails
        from {{ latest_version(ref("stg_gem_export__candidate_info"), "candidate_info") }}
    ),
    contacts as (
        select
            source_system,
            observed_at,
            candidate_id,
            'name' as contact_code,
            {{ full_name("candidate_first_name", "candidate_last_name") }} as contact_value
        from seen
        union all
        select source_system, observed_at, candidate_id, 'email', candidate_email
        from seen
        union all
        select source_system, observed_at, candidate_id, 'candidate_id', candidate_greenhouse_id
        from seen
        union all
        select source_system, observed_at, candidate_id, 'candidate_id', candidate_ats_id
        from records
        union all
        select source_system, observed_at, candidate_id, 'email', unnest(emails)
        from records
        union all
        select source_system, observed_at, candidate_id, 'phone', candidate_phone_number
        from records
        union all
        select
            source_system,
            observed_at,
            candidate_id,
            case
                when candidate_linkedin_url ilike '%linkedin.com/in/%' or candidate_linkedin_url not like '%/%'
                then 'linkedin'
                else 'other_profile'
            end,
            regexp_replace(candidate_linkedin_url, '^.*linkedin\.com/in/([^/?#]+).*$', '\1', 'i')
        from records
    ),
    mapped as ({{ distinct_contacts("contacts", "candidate_id") }})

select *
from {{ canonical_rows("candidate_contacts", "mapped") }} as r
