-- One row per source of candidates: its channel and origin at as_of, by the tenant's mapping, else the source system's
-- own channel code, else a source name that is a channel code, else 'unmapped'.
with
    sources as (select * from {{ ref("sources") }}),
    mapping as (
        select
            source_system,
            {{ name_key("source_name") }} as name_key,
            {{ code_key("channel_code") }} as mapped_channel,
            {{ code_key("origin_code") }} as mapped_origin,
            {{ mapping_period() }}
        from {{ ref("stg_config__sources") }}
    ),
    things as (
        select source_system, source_id as thing_id, {{ name_key("coalesce(source_name, source_id)") }} as name_key
        from sources
    ),
    mapped as ({{ codes_at_as_of("things", "mapping", ["mapped_channel", "mapped_origin"]) }}),
    coded as (
        select
            s.source_system,
            s.source_id,
            s.source_name,
            coalesce(m.mapped_channel, {{ code_key("s.channel_code") }}, n.channel_code, 'unmapped') as channel_code,
            m.mapped_origin,
            case
                when m.mapped_channel is not null
                then 'mapping'
                when s.channel_code is not null
                then 'type'
                when n.channel_code is not null
                then 'name'
                else 'none'
            end as matched_by
        from sources as s
        inner join mapped as m on m.source_system = s.source_system and m.thing_id = s.source_id
        left join
            {{ ref("source_channels") }} as n on n.channel_code = replace({{ name_key("s.source_name") }}, ' ', '_')
    )

select
    source_system,
    source_id,
    source_name,
    channel_code,
    coalesce(
        mapped_origin,
        case
            channel_code
            when 'outreach'
            then 'sourced'
            when 'rediscovery'
            then 'sourced'
            when 'referral'
            then 'referred'
            when 'agency'
            then 'agency'
            when 'internal'
            then 'internal'
            else 'applied'
        end
    ) as origin_code,
    matched_by
from coded
