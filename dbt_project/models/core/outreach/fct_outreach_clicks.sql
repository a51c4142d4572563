-- One row per message and link clicked.
select
    cast(null as varchar) as message_key,
    cast(null as varchar) as candidate_key,
    cast(null as varchar) as link_url,
    cast(null as varchar) as link_host,
    cast(null as timestamp) as first_clicked_at,
    cast(null as boolean) as is_human
where false
