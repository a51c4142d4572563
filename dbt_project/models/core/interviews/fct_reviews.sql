-- One row per request to review a profile or resume.
-- The person is the request's own, else the application's. An application that no list has is null.
select
    {{ key("review", ["r.source_system", "r.review_id"]) }} as review_key,
    r.source_system,
    {{ optional_key("job", ["r.source_system", "r.job_id"]) }} as job_key,
    {{ optional_key("user", ["r.source_system", "r.reviewer_id"]) }} as reviewer_key,
    coalesce(p.candidate_key, a.candidate_key) as candidate_key,
    a.application_key,
    r.requested_at,
    r.decided_at,
    r.decision_code,
    {{ duration_days("r.requested_at", "r.decided_at") }} * 24 as review_hours
from {{ ref("reviews") }} as r
left join {{ ref("person_map") }} as p on p.source_system = r.source_system and p.candidate_id = r.candidate_id
left join
    {{ ref("int_core__application_basis") }} as a
    on a.source_system = r.source_system
    and a.application_id = r.application_id
