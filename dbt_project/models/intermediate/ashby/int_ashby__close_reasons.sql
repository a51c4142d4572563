-- One row per reason of Ashby for which an application is archived (its own id) or an opening closed (id with
-- 'opening/' in front).
with
    mapped as (
        select
            r.source_system,
            r.record_id as close_reason_id,
            r.text as reason_name,
            coalesce(
                {{ mapped_direction("r.source_system", "r.text") }},
                case
                    r.reason_type
                    when 'RejectedByOrg'
                    then 'company'
                    when 'RejectedByCandidate'
                    then 'candidate'
                    when 'Other'
                    then 'neither'
                end
            ) as direction_code,
            r.observed_at
        from {{ latest_version(ref("stg_ashby__archive_reasons"), "archive_reasons") }} as r
        union all
        {{ close_reasons_of_openings(latest_version(ref("stg_ashby__close_reasons"), "close_reasons")) }}
    )

select *
from {{ canonical_rows("close_reasons", "mapped") }} as r
