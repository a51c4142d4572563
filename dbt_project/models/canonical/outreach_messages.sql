-- One row per message sent to one person, over all sources. One sent at or after as_of is not there.
{{ canonical_model("outreach_messages", happened="sent_at") }}
