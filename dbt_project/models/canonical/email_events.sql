-- One row per event of a message, over all sources.
{{ canonical_model("email_events") }}
