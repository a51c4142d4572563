-- One row per act of Gem's exported event log with Gem's words as codes: first_outreach, follow_up or reply; the
-- medium; the reply's status.
select
    source_system,
    record_id,
    observed_at,
    candidate_id,
    happened_at,
    lower(user_email) as user_id,
    {{ gem_code("event_type") }} as event_code,
    {{ gem_code("event_subtype") }} as medium_code,
    {{ gem_code("event_metadata") }} as reply_status
from {{ latest_version(ref("stg_gem_export__event_log"), "event_log") }}
