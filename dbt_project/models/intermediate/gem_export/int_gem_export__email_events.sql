-- One row per reply in Gem's export; it answers the latest message that the candidate had been sent by then.
{{ gem_replies(ref("int_gem_export__events"), "event_code") }}
