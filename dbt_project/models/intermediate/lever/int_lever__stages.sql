-- One row per stage of the Lever account, deleted ones too as far as a load saw them. Stages belong to no job and have
-- no order of their own that holds over time: order comes from the tenant's mapping. Only the vendor's fixed ids say
-- what a stage is.
select
    {{
        canonical_select(
            "stages",
            {
                "stage_id": "s.record_id",
                "stage_name": "s.name",
                "stage_type_code": "case s.record_id when 'lead-new' then 'prospect' when 'lead-reached-out' then 'contacted' "
                "when 'lead-responded' then 'replied' when 'applicant-new' then 'applied' when 'offer' then 'offer' end",
            },
            "s",
        )
    }}
from {{ latest_version(ref("stg_lever__stages"), "stages") }} as s
