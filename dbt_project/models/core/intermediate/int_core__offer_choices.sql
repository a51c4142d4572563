-- One row per application with an offer: the version that speaks for it, and when its first one went out (concepts.md
-- "Offers").
-- The latest version that is neither draft nor superseded, by (extended_at, version_number, offer_id). A version that
-- left draft without a time of extension is taken to have gone out when it was made. Superseded versions still count
-- for the first extension, which is the cohort.
with
    versions as (
        select
            source_system,
            offer_id,
            application_id,
            version_number,
            status_code,
            coalesce(extended_at, created_at) as extended_at,
            resolved_at,
            starts_on,
            opening_id
        from {{ ref("offers") }}
        where status_code <> 'draft'
    ),
    ranked as (
        select
            *,
            min(extended_at) over (partition by source_system, application_id) as first_extended_at,
            count(*) over (partition by source_system, application_id) as version_count,
            row_number() over (
                partition by source_system, application_id
                order by
                    case when status_code = 'superseded' then 1 else 0 end,
                    extended_at desc nulls last,
                    version_number desc nulls last,
                    offer_id desc
            ) as choice_rank
        from versions
    )

select
    source_system,
    application_id,
    offer_id,
    version_number,
    status_code,
    first_extended_at,
    extended_at,
    resolved_at,
    starts_on,
    opening_id,
    version_count
from ranked
where choice_rank = 1 and status_code <> 'superseded'
