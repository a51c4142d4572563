-- One row per thing that was deleted in Greenhouse: told by a webhook, else missed by sweeps
-- (int_greenhouse__swept_deletions); the earlier time counts.
{{ config(materialized="stored_table") }}

with
    events as (select * from {{ latest_version(ref("stg_greenhouse__webhooks"), "webhooks") }}),
    reported as (
        {% set deletes = {
            "delete_application": ("application", "application_id"),
            "delete_candidate": ("candidate", "person_id"),
            "job_deleted": ("job", "job_id"),
            "offer_deleted": ("offer", "offer_id"),
            "interview_deleted": ("interview", "interview_id"),
            "scorecard_deleted": ("feedback", "scorecard_id"),
        } -%}
        {% for action, (entity, id) in deletes.items() -%}
            select
                source_system,
                '{{ entity }}' as entity_code,
                {{ id }} as entity_id,
                observed_at as deleted_at,
                observed_at
            from events
            where action = '{{ action }}'
            union all
        {% endfor -%}
        -- the vendor sends no webhook for each application of a deleted candidate, but names them
        select source_system, 'application', unnest(deleted_application_ids), observed_at, observed_at
        from events
        where action in ('delete_candidate', 'merge_candidate')
    ),
    gone as (
        select source_system, entity_code, entity_id, min(deleted_at) as deleted_at, min(observed_at) as observed_at
        from
            (
                select source_system, entity_code, entity_id, deleted_at, observed_at
                from reported
                union all
                select source_system, entity_code, entity_id, deleted_at, observed_at
                from {{ ref("int_greenhouse__swept_deletions") }}
            )
        where entity_id is not null
        group by source_system, entity_code, entity_id
    ),

    mapped as (
        select g.source_system, g.entity_code, g.entity_id, g.deleted_at, g.observed_at
        from gone as g
        left join
            {{ ref("int_greenhouse__candidate_merges") }} as m
            on g.entity_code = 'candidate'
            and m.source_system = g.source_system
            and m.from_candidate_id = g.entity_id
        where m.from_candidate_id is null
    )

select *
from {{ canonical_rows("deletions", "mapped") }} as r
