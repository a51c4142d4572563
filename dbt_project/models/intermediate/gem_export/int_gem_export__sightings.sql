-- One row per candidate and row of the export that names them, with what it says of them. The export repeats name,
-- email and Greenhouse id in every file; candidate_info, which says most, may be missing.
select
    source_system,
    observed_at,
    candidate_id,
    sourced_at as seen_at,
    true as is_own_record,
    candidate_greenhouse_id,
    candidate_first_name,
    candidate_last_name,
    candidate_email
from {{ latest_version(ref("stg_gem_export__candidate_info"), "candidate_info") }}
union all
select
    source_system,
    observed_at,
    candidate_id,
    added_at,
    false,
    candidate_greenhouse_id,
    candidate_first_name,
    candidate_last_name,
    candidate_email
from {{ latest_version(ref("stg_gem_export__projects"), "projects") }}
union all
select
    source_system,
    observed_at,
    candidate_id,
    happened_at,
    false,
    candidate_greenhouse_id,
    candidate_first_name,
    candidate_last_name,
    candidate_email
from {{ latest_version(ref("stg_gem_export__event_log"), "event_log") }}
