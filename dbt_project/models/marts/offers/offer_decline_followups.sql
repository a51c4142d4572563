-- One row per decline that has no specific reason.
-- The same-day question to the recruiter (O3) starts here. The facts hold the latest version of a reason only, so a
-- decline whose reason was put in later is no longer listed: is_answered is false on every row and answered_at empty
-- until answers have a table of their own.
select
    o.offer_key,
    o.application_key,
    o.job_key,
    o.department_key,
    o.recruiter_key,
    o.resolved_at as declined_at,
    o.decline_reason_code,
    o.decline_reason_source_name,
    o.is_reason_specific as is_answered,
    cast(null as timestamp) as answered_at,
    {{ days_between("o.resolved_at", "clock.as_of") }} * 24 as hours_open,
    clock.as_of
from {{ ref("fct_offers") }} as o
cross join {{ ref("run_clock") }} as clock
where o.status_code = 'declined' and not coalesce(o.is_reason_specific, false)
