-- One row per complete sweep x id that was known before it and that it did not list; and one row per sweep without an
-- id, which says how many were known.
{{ config(materialized="incremental", incremental_strategy="append", on_schema_change="fail") }}

with
    fresh as (
        select s.source_system, s.entity, s.swept_at
        from {{ ref("int_greenhouse__sweeps") }} as s
        {% if is_incremental() -%}
            where
                not exists (
                    select 1
                    from {{ this }} as done
                    where
                        done.source_system = s.source_system
                        and done.entity = s.entity
                        and done.swept_at = s.swept_at
                        and done.record_id is null
                )
        {%- endif %}
    ),
    known as (
        {% for entity in ["applications", "candidates", "jobs"] -%}
            select r.source_system, '{{ entity }}' as entity, r.record_id, min(r.observed_at) as first_seen_at
            from {{ ref("stg_greenhouse__" ~ entity) }} as r
            -- without a new sweep nothing is read; ids with a mark in front are rows that had none
            where r.source_system in (select source_system from fresh) and r.record_id not like '%:%'
            group by r.source_system, r.record_id
            {% if not loop.last %}
                union all
            {% endif %}
        {%- endfor %}
    ),
    compared as (
        select f.source_system, f.entity, f.swept_at, k.record_id, l.record_id is null as is_missed
        from fresh as f
        inner join
            known as k on k.source_system = f.source_system and k.entity = f.entity and k.first_seen_at <= f.swept_at
        left join
            (
                select distinct source_system, entity, swept_at, unnest(ids) as record_id
                from {{ latest_version(ref("stg_greenhouse__sweeps"), "sweeps") }}
                where source_system in (select source_system from fresh)
            ) as l
            on l.source_system = f.source_system
            and l.entity = f.entity
            and l.swept_at = f.swept_at
            and l.record_id = k.record_id
    )

select source_system, entity, swept_at, record_id, null as known_count
from compared
where is_missed
union all
select f.source_system, f.entity, f.swept_at, null, count(c.record_id)
from fresh as f
left join compared as c on c.source_system = f.source_system and c.entity = f.entity and c.swept_at = f.swept_at
group by f.source_system, f.entity, f.swept_at
