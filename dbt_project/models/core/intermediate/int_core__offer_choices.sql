-- One row per application with an offer: the version that speaks for it, and when its first one went out (concepts.md
-- "Offers"). The latest version that is neither draft nor superseded speaks. A version that left draft without a time
-- of extension is taken to have gone out when it was made; where neither is known of any, nobody knows when the offer
-- went out. Superseded versions still count for the first extension.
with
    versions as (select * from {{ ref("offers") }} where status_code <> 'draft'),
    ranked as (
        select
            *,
            coalesce(extended_at, created_at) as sent_at,
            min(coalesce(extended_at, created_at)) over (
                partition by source_system, application_id
            ) as first_extended_at,
            count(*) over (partition by source_system, application_id) as version_count,
            row_number() over (
                partition by source_system, application_id order by {{ offer_version_order("versions") }}
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
    sent_at as extended_at,
    resolved_at,
    starts_on,
    opening_id,
    version_count
from ranked
where choice_rank = 1 and status_code <> 'superseded'
