-- One row per stay of an application in a stage, from Ashby. Being archived, hired or a lead is no stay in a stage.
select
    {{
        canonical_select(
            "stage_visits",
            {
                "application_id": "v.application_id",
                "stage_id": "v.stage_id",
                "entered_at": "v.entered_at",
                "exited_at": "v.exited_at",
                "actor_id": "v.actor_id",
            },
            "v",
        )
    }}
from {{ ref("int_ashby__stays") }} as v
where v.stage_type not in ('Lead', 'Hired', 'Archived')
