-- One row per candidate of Greenhouse. A candidate with linked users is an employee.
select
    {{
        canonical_select(
            "candidates",
            {
                "candidate_id": "c.record_id",
                "created_at": "c.created_at",
                "is_internal": "len(coalesce(c.linked_user_ids, [])) > 0",
                "do_not_contact": "not c.can_email",
            },
            "c",
        )
    }}
from {{ latest_version(ref("stg_greenhouse__candidates"), "candidates", "updated_at") }} as c
