-- One row per person, over all sources (person_map), with no name and no contact.
select
    cast(null as varchar) as candidate_key,
    cast(null as timestamp) as first_seen_at,
    cast(null as boolean) as is_internal,
    cast(null as integer) as application_count,
    cast(null as boolean) as has_do_not_contact
where false
