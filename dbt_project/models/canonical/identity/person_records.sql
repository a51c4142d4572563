-- One row per record of a candidate in a source: whom a list of candidates holds, an application, a message, an act in
-- the CRM, a review or a merge names. What a merge took out of the lists is still a record.
-- first_seen_at is the earliest of the times at which any of them shows it.
{{ config(materialized="stored_table") }}

with
    known as (
        select source_system, candidate_id, created_at as seen_at
        from {{ ref("candidates") }}
        union all
        select source_system, candidate_id, applied_at
        from {{ ref("applications") }}
        union all
        select source_system, candidate_id, sent_at
        from {{ ref("outreach_messages") }}
        union all
        select source_system, candidate_id, occurred_at
        from {{ ref("crm_activities") }}
        union all
        select source_system, candidate_id, requested_at
        from {{ ref("reviews") }}
        union all
        select source_system, from_candidate_id, merged_at
        from {{ ref("candidate_merges") }}
        union all
        select source_system, to_candidate_id, merged_at
        from {{ ref("candidate_merges") }}
    )

select source_system, candidate_id, min(seen_at) as first_seen_at
from known
where candidate_id is not null
group by source_system, candidate_id
