-- One row per reason of Ashby for which an application is archived (its own id) or an opening closed (id with
-- 'opening/' in front).
with
    reasons as (
        select r.*, {{ mapped_direction("r.source_system", "r.text") }} as corrected_direction
        from {{ latest_version(ref("stg_ashby__archive_reasons"), "archive_reasons") }} as r
    ),
    closings as (select * from {{ latest_version(ref("stg_ashby__close_reasons"), "close_reasons") }}),

    mapped as (
        select
            r.source_system,
            r.record_id as close_reason_id,
            r.text as reason_name,
            coalesce(
                r.corrected_direction,
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
        from reasons as r
        union all
        select
            c.source_system,
            'opening/' || c.record_id as close_reason_id,
            c.name as reason_name,
            'neither' as direction_code,
            c.observed_at
        from closings as c
    )

select *
from {{ canonical_rows("close_reasons", "mapped") }} as r
