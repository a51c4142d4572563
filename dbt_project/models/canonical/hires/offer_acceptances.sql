-- One row per application whose offer was accepted at a known time, also at or after as_of: what says when a hire was
-- made (concepts.md "Hired at") is asked before the event clock has cut anything off.
-- The version that speaks is the latest of those that were there before as_of, else of all.
{{ config(materialized="stored_table") }}

with
    versions as (
        select
            o.source_system,
            o.application_id,
            o.status_code,
            o.resolved_at,
            row_number() over (
                partition by o.source_system, o.application_id
                order by
                    case when {{ offer_version_time("o") }} < clock.as_of then 0 else 1 end,
                    {{ offer_version_order("o") }}
            ) as choice_rank
        from ({{ canonical_union("offers") }}) as o
        cross join {{ ref("run_clock") }} as clock {{ deletions_of("offers", "o") }}
        where {{ is_not_deleted("offers") }} and o.status_code not in ('draft', 'superseded')
    )

select source_system, application_id, resolved_at as accepted_at
from versions
where choice_rank = 1 and status_code = 'accepted' and resolved_at is not null
