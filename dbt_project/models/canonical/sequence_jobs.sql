-- One row per dated link of a sequence to a job, over all sources.
with
    links as ({{ canonical_model("sequence_jobs", happened="linked_at", clear=["unlinked_at"]) }}),
    sequences as (select source_system, sequence_id from {{ ref("sequences") }}),
    jobs as (select source_system, job_id from {{ ref("jobs") }}),
    sequence_homes as ({{ only_homes("sequences", "sequence_id") }}),
    job_homes as ({{ only_homes("jobs", "job_id") }})

select
    case
        when s.sequence_id is null then coalesce(sh.source_system, l.source_system) else l.source_system
    end as source_system,
    l.sequence_id,
    l.job_id,
    case
        when j.job_id is null then coalesce(jh.source_system, l.source_system) else l.source_system
    end as job_source_system,
    l.linked_at,
    l.unlinked_at,
    l.observed_at
from links as l
left join sequences as s on s.source_system = l.source_system and s.sequence_id = l.sequence_id
left join sequence_homes as sh on sh.sequence_id = l.sequence_id
left join jobs as j on j.source_system = l.source_system and j.job_id = l.job_id
left join job_homes as jh on jh.job_id = l.job_id
