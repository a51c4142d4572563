-- One row per source of candidates (job board, referral programme, agency, ...) of a source system.
select
    cast(null as varchar) as source_key,
    cast(null as varchar) as source_system,
    cast(null as varchar) as source_id,
    cast(null as varchar) as source_name,
    cast(null as varchar) as channel_code
where false
