-- One row per stretch of complete sweeps in a row that missed the same id.
with
    sweeps as (
        select
            s.source_system,
            s.entity,
            s.swept_at,
            s.observed_at,
            s.sweep_number,
            max(s.sweep_number) over (partition by s.source_system, s.entity) as newest_number,
            greatest(
                1,
                least({{ var("sweep_limit_count") }}, m.known_count / 4),
                m.known_count * coalesce(c.sweep_limit_rate, {{ var("sweep_limit_rate") }})
            ) as limit_count
        from {{ ref("int_greenhouse__sweeps") }} as s
        inner join
            {{ ref("int_greenhouse__missed_ids") }} as m
            on m.source_system = s.source_system
            and m.entity = s.entity
            and m.swept_at = s.swept_at
            and m.record_id is null
        left join {{ ref("stg_config__source_settings") }} as c on c.source_system = s.source_system
    ),
    missed as (
        select
            s.*,
            m.record_id,
            s.sweep_number
            - row_number() over (partition by m.source_system, m.entity, m.record_id order by s.sweep_number) as stretch
        from {{ ref("int_greenhouse__missed_ids") }} as m
        inner join sweeps as s on s.source_system = m.source_system and s.entity = m.entity and s.swept_at = m.swept_at
        where m.record_id is not null
    ),
    stretches as (
        select
            source_system,
            entity,
            record_id,
            min(swept_at) as missed_at,
            arg_min(limit_count, sweep_number) as limit_count,
            arg_max(observed_at, sweep_number) as observed_at,
            count(*) as sweep_count,
            max(sweep_number) = max(newest_number) as is_lasting
        from missed
        group by source_system, entity, record_id, stretch
    ),
    begun as (
        select
            *,
            count(*) over (partition by source_system, entity, missed_at) > limit_count
            and count(case when is_lasting then 1 end) over (partition by source_system, entity, missed_at)
            > limit_count as are_too_many
        from stretches
    )

select
    source_system,
    entity,
    record_id,
    missed_at,
    observed_at,
    sweep_count,
    is_lasting,
    max(case when are_too_many then 1 else 0 end) over (partition by source_system, missed_at) = 1 as is_doubtful
from begun
