-- One row per reason of Greenhouse for which an application is rejected (its own id) or an opening closed (id with
-- 'opening/' in front, another space of ids). The type NONE_SPECIFIED says nothing of whose act it was.
with
    reasons as (
        select
            source_system,
            record_id,
            name,
            case
                type_key
                when 'WE_REJECTED_THEM'
                then 'company'
                when 'SECURITY_CONCERN'
                then 'company'
                when 'THEY_REJECTED_US'
                then 'candidate'
            end as own_direction,
            observed_at
        from {{ latest_version(ref("stg_greenhouse__rejection_reasons"), "rejection_reasons", "updated_at") }}
    ),
    mapped as (
        {{ close_reasons_of_applications("reasons") }}
        union all
        {{
            close_reasons_of_openings(
                latest_version(ref("stg_greenhouse__close_reasons"), "close_reasons", "updated_at")
            )
        }}
    )

select *
from {{ canonical_rows("close_reasons", "mapped") }} as r
