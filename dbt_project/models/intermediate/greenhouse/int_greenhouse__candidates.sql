-- One row per candidate of Greenhouse.
with
    mapped as (
        select
            c.source_system,
            c.record_id as candidate_id,
            c.created_at,
            len(coalesce(c.linked_user_ids, [])) > 0 as is_internal,
            not c.can_email as do_not_contact,
            c.observed_at
        from {{ latest_version(ref("stg_greenhouse__candidates"), "candidates", "updated_at") }} as c
    )

select *
from {{ canonical_rows("candidates", "mapped") }} as r
