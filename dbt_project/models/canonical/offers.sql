-- One row per offer version, over all sources. A table: few rows, but each look at them joins every rejection.
{{ config(materialized="stored_table") }}

with
    versions as (
        select
            o.*,
            -- a successor without a creation time is taken as known
            lead(coalesce(o.created_at, o.extended_at, {{ beginning_of_time() }})) over (
                partition by o.source_system, o.application_id order by o.version_number, o.created_at, o.offer_id
            ) as succeeded_at
        from ({{ canonical_union("offers") }}) as o {{ deletions_of("offers", "o") }}
        where {{ is_not_deleted("offers") }}
    ),
    timed as (
        select
            v.*,
            clock.as_of,
            case when v.extended_at < clock.as_of then v.extended_at end as extended_before,
            case when v.resolved_at < clock.as_of then v.resolved_at end as resolved_before
        from versions as v
        cross join {{ ref("run_clock") }} as clock
        where v.created_at is null or v.created_at < clock.as_of
    )

select
    source_system,
    offer_id,
    version_number,
    application_id,
    case
        when extended_at >= as_of
        then 'draft'
        when status_code = 'superseded' and succeeded_at >= as_of
        then case when extended_at is null then 'draft' else 'open' end
        when resolved_at >= as_of
        then 'open'
        else status_code
    end as status_code,
    created_at,
    extended_before as extended_at,
    resolved_before as resolved_at,
    starts_on,
    opening_id,
    observed_at
from timed
