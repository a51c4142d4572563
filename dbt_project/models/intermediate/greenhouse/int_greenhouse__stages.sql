-- One row per stage of a job's interview plan in Greenhouse, retired stages too: old visits still name them.
select
    {{
        canonical_select(
            "stages",
            {
                "stage_id": "s.record_id",
                "job_id": "s.job_id",
                "stage_name": "s.name",
                "stage_order": "s.sort_order",
            },
            "s",
        )
    }}
from {{ latest_version(ref("stg_greenhouse__job_interview_stages"), "job_interview_stages", "updated_at") }} as s
