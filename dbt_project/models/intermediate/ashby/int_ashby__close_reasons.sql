-- One row per reason of Ashby for which an application is archived (its own id) or an opening closed (id with
-- 'opening/' in front). The type Other says nothing of whose act it was.
with
    reasons as (
        select
            source_system,
            record_id,
            text as name,
            case
                reason_type when 'RejectedByOrg' then 'company' when 'RejectedByCandidate' then 'candidate'
            end as own_direction,
            observed_at
        from {{ latest_version(ref("stg_ashby__archive_reasons"), "archive_reasons") }}
    ),
    mapped as (
        {{ close_reasons_of_applications("reasons") }}
        union all
        {{ close_reasons_of_openings(latest_version(ref("stg_ashby__close_reasons"), "close_reasons")) }}
    )

select *
from {{ canonical_rows("close_reasons", "mapped") }} as r
