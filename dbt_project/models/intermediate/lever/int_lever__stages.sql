-- One row per stage of the Lever account, deleted ones too as far as a load saw them.
with
    mapped as (
        select
            s.source_system,
            s.record_id as stage_id,
            s.name as stage_name,
            case
                s.record_id
                when 'lead-new'
                then 'prospect'
                when 'lead-reached-out'
                then 'contacted'
                when 'lead-responded'
                then 'replied'
                when 'applicant-new'
                then 'applied'
                when 'offer'
                then 'offer'
            end as stage_type_code,
            s.observed_at
        from {{ latest_version(ref("stg_lever__stages"), "stages") }} as s
    )

select *
from {{ canonical_rows("stages", "mapped") }} as r
