-- One row per reply that Gem saw; it answers the latest message that Gem had sent the candidate by then.
{{ gem_replies(latest_version(ref("stg_gem__candidate_events"), "candidate_events"), "type") }}
