-- One row per pair of records that people ruled on: link (one person) or split (two people), from config/mappings/
-- identity_links.csv and identity_splits.csv, as far as a line holds at as_of. valid_from is its first day,
-- valid_to its last.
{{ config(materialized="stored_table") }}

with
    lines as (
        select 'link' as ruling_code, *
        from {{ ref("stg_config__identity_links") }}
        union all
        select 'split' as ruling_code, *
        from {{ ref("stg_config__identity_splits") }}
    )

select
    l.ruling_code,
    l.source_system,
    l.candidate_id,
    l.other_source_system,
    l.other_candidate_id,
    max(l.note) as note,
    min(l.valid_from) as valid_from
from lines as l
cross join {{ ref("run_clock") }} as clock
where
    (l.valid_from is null or {{ first_instant("l.valid_from") }} < clock.as_of)
    and (l.valid_to is null or clock.as_of <= {{ first_instant(date_add_days("l.valid_to", "1")) }})
group by l.ruling_code, l.source_system, l.candidate_id, l.other_source_system, l.other_candidate_id
