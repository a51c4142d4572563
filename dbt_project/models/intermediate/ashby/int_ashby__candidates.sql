-- One row per candidate of Ashby, which does not say who of them is an employee.
with
    mapped as (
        select c.source_system, c.record_id as candidate_id, c.created_at, c.observed_at
        from {{ latest_version(ref("stg_ashby__candidates"), "candidates", "updated_at") }} as c
    )

select *
from {{ canonical_rows("candidates", "mapped") }} as r
