-- One row per message and link it contained (URL folded: no scheme, www., query, fragment or trailing slash).
select
    cast(null as varchar) as message_key,
    cast(null as varchar) as candidate_key,
    cast(null as varchar) as sequence_key,
    cast(null as varchar) as link_url,
    cast(null as varchar) as link_host,
    cast(null as boolean) as is_known_from_body
where false
