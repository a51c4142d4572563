{#-
    One row per time that an application came to belong to another candidate than before: (source_system, from_candidate_id, to_candidate_id, merged_at,
    observed_at).
    Applications change hands in no other way than by a merge of their candidates, which had happened by the update that showed it.
    `applications`: a staging model with all versions (record_id, candidate_id, observed_at, updated_at, payload_hash).
-#}
{% macro changed_hands(applications) -%}
    with
        versions as (
            select source_system, record_id, candidate_id, observed_at, updated_at, payload_hash
            from {{ applications }}
            where candidate_id is not null and observed_at < (select known_at from {{ ref("run_clock") }})
        ),
        in_two_hands as (
            select source_system, record_id
            from versions
            group by source_system, record_id
            having min(candidate_id) <> max(candidate_id)
        ),
        changes as (
            select
                v.source_system,
                lag(v.candidate_id) over (
                    partition by v.source_system, v.record_id order by v.observed_at, v.updated_at, v.payload_hash
                ) as from_candidate_id,
                v.candidate_id as to_candidate_id,
                least(coalesce(v.updated_at, v.observed_at), v.observed_at) as merged_at,
                v.observed_at
            from versions as v
            inner join in_two_hands as t on t.source_system = v.source_system and t.record_id = v.record_id
        )
    select source_system, from_candidate_id, to_candidate_id, merged_at, observed_at
    from changes
    where from_candidate_id <> to_candidate_id
{%- endmacro %}

{#-
    The merge that holds for each candidate who was merged, among the CTE `changes` (as of changed_hands): the first in `order`, because a candidate
    is merged away once.
-#}
{% macro one_merge_each(changes, order) -%}
    select source_system, from_candidate_id, to_candidate_id, merged_at, observed_at
    from
        (
            select
                *, row_number() over (partition by source_system, from_candidate_id order by {{ order }}) as merge_rank
            from {{ changes }}
        ) as ranked
    where merge_rank = 1
{%- endmacro %}
