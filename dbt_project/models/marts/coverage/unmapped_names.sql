-- One row per source x kind of name (stage, reason, source) x name that no canonical code is known for.
-- Nothing unmapped is dropped: it is counted here, and `funnelcast` proposes the row of config/mappings/ that would
-- map it. What has no name stands under its id, which the mapping takes in its place. A reason's direction_code is
-- what is known of whose act it was; null where nothing says so.
with
    stage_use as (
        select v.source_system, v.stage_id, count(*) as use_count, max(v.entered_at) as last_used_at
        from {{ ref("stage_visits") }} as v
        group by v.source_system, v.stage_id
    ),

    reason_use as (
        select source_system, close_reason_id, count(*) as use_count, max(closed_at) as last_used_at
        from {{ ref("applications") }}
        where close_reason_id is not null
        group by source_system, close_reason_id
    ),

    source_use as (
        select source_system, source_id, count(*) as use_count, max(applied_at) as last_used_at
        from {{ ref("applications") }}
        where source_id is not null
        group by source_system, source_id
    ),

    names as (
        select
            s.source_system,
            'stage' as kind_code,
            coalesce(s.stage_name, s.stage_id) as unmapped_name,
            cast(null as {{ text_type() }}) as direction_code,
            u.use_count,
            u.last_used_at
        from {{ ref("stage_codes") }} as s
        left join stage_use as u on s.source_system = u.source_system and s.stage_id = u.stage_id
        where s.stage_code = 'unmapped'
        union all
        select
            r.source_system,
            'reason',
            coalesce(r.reason_name, r.close_reason_id),
            r.direction_code,
            u.use_count,
            u.last_used_at
        from {{ ref("reason_codes") }} as r
        left join reason_use as u on r.source_system = u.source_system and r.close_reason_id = u.close_reason_id
        where r.decline_reason_code = 'unmapped' or r.direction_code is null
        union all
        select s.source_system, 'source', coalesce(s.source_name, s.source_id), null, u.use_count, u.last_used_at
        from {{ ref("source_codes") }} as s
        left join source_use as u on s.source_system = u.source_system and s.source_id = u.source_id
        where s.channel_code = 'unmapped'
    ),

    counted as (
        select
            source_system,
            kind_code,
            min(unmapped_name) as unmapped_name,
            case when count(distinct direction_code) = 1 then min(direction_code) end as direction_code,
            count(*) as ids_count,
            cast(coalesce(sum(use_count), 0) as bigint) as use_count,
            max(last_used_at) as last_used_at
        from names
        group by source_system, kind_code, {{ name_key("unmapped_name") }}
    )

select
    c.source_system,
    c.kind_code,
    c.unmapped_name,
    c.direction_code,
    c.ids_count,
    c.use_count,
    c.last_used_at,
    clock.as_of
from counted as c
cross join {{ ref("run_clock") }} as clock
