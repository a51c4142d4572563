-- One row per sequence and stretch of time [from_at, to_at) in which its outreach belongs to one requisition: the one
-- linked last, until it is unlinked or another one is linked.
with
    links as (
        select
            source_system,
            sequence_id,
            job_source_system,
            job_id,
            coalesce(linked_at, cast('0001-01-01' as timestamp)) as from_at,
            coalesce(unlinked_at, cast('9999-12-31' as timestamp)) as unlinked_at
        from {{ ref("sequence_jobs") }}
    ),
    cut as (
        select
            *,
            lead(from_at, 1, cast('9999-12-31' as timestamp)) over (
                partition by source_system, sequence_id order by from_at, job_id desc
            ) as next_from_at
        from links
    ),
    terms as (select *, case when next_from_at < unlinked_at then next_from_at else unlinked_at end as to_at from cut)

select source_system, sequence_id, job_source_system, job_id, from_at, to_at
from terms
where from_at < to_at
