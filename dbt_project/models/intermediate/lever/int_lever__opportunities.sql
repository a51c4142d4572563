-- One row per opportunity of Lever in its latest version, with what its posting, its stage history and the account's
-- stages say.
{{ config(materialized="stored_table") }}
with
    outreach_names as (
        select source_system, {{ name_key("stage_name") }} as name_key
        from {{ ref("stg_config__stages") }}
        where {{ code_key("stage_code") }} in ('prospect', 'contacted', 'replied', 'interested')
    ),
    lead_stages as (
        select distinct s.source_system, s.record_id as stage_id
        from {{ latest_version(ref("stg_lever__stages"), "stages") }} as s
        left join
            outreach_names as n
            on n.name_key = {{ name_key("s.name") }}
            and (n.source_system is null or n.source_system = s.source_system)
        where n.name_key is not null or s.record_id in ('lead-new', 'lead-reached-out', 'lead-responded')
    ),
    latest as (select * from {{ latest_version(ref("stg_lever__opportunities"), "opportunities", "updated_at") }}),
    changes as (select source_system, record_id, unnest(stage_changes) as change from latest),
    process as (
        select
            c.source_system,
            c.record_id,
            min(case when l.stage_id is null then {{ parse_unix_millis("c.change.updatedAt") }} end) as process_at
        from changes as c
        left join lead_stages as l on l.source_system = c.source_system and l.stage_id = c.change.tostageid
        group by all
    )

select
    o.*,
    o.applications[1].posting as posting_id,
    json_extract_string(o.applications[1].requisitionforhire, '$.id') as requisition_id,
    nullif(trim(o.sources[1]), '') as source_id,
    o.applications[1].posting is null or l.stage_id is not null as is_prospect,
    p.process_at
from latest as o
left join process as p on p.source_system = o.source_system and p.record_id = o.record_id
left join lead_stages as l on l.source_system = o.source_system and l.stage_id = o.stage_id
