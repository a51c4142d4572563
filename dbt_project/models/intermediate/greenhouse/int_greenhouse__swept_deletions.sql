-- One row per application, candidate or job of Greenhouse that is deleted because sweeps miss it: at least the two
-- newest complete ones in a row, in an absence that is not doubtful (int_greenhouse__absences), and the log holds no
-- version of it observed after it was first missed.
with
    absent as (
        select * from {{ ref("int_greenhouse__absences") }} where is_lasting and sweep_count >= 2 and not is_doubtful
    ),
    alive as (
        {% for entity in ["applications", "candidates", "jobs"] -%}
            select a.source_system, a.entity, a.record_id
            from absent as a
            inner join
                {{ ref("stg_greenhouse__" ~ entity) }} as r
                on r.source_system = a.source_system
                and r.record_id = a.record_id
                and r.observed_at > a.missed_at
                and r.observed_at < (select known_at from {{ ref("run_clock") }})
            where a.entity = '{{ entity }}'
            {% if not loop.last %}
                union
            {% endif %}
        {%- endfor %}
    )

select
    a.source_system,
    case
        a.entity when 'applications' then 'application' when 'candidates' then 'candidate' else 'job'
    end as entity_code,
    a.record_id as entity_id,
    a.missed_at as deleted_at,
    a.observed_at
from absent as a
left join alive as l on l.source_system = a.source_system and l.entity = a.entity and l.record_id = a.record_id
where l.record_id is null
