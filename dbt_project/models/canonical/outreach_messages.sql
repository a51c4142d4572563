-- One row per message sent to one person, over all sources.
{{ canonical_model("outreach_messages") }}
