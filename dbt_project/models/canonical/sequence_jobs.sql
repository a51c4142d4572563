-- One row per dated link of a sequence to a job, over all sources.
with
    links as ({{ canonical_model("sequence_jobs", happened="linked_at", clear=["unlinked_at"]) }}),
    sequences as (select source_system, sequence_id from {{ ref("sequences") }}),
    jobs as (select source_system, job_id from {{ ref("jobs") }})

select
    {{ home_of("l", "sequences") }} as source_system,
    l.sequence_id,
    l.job_id,
    {{ home_of("l", "jobs") }} as job_source_system,
    l.linked_at,
    l.unlinked_at,
    l.observed_at
from links as l {{ join_homes("l", "sequences", "sequence_id") }} {{ join_homes("l", "jobs", "job_id") }}
