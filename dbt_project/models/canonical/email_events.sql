-- One row per event of a message, over all sources. An event at or after as_of has not happened.
{{ canonical_model("email_events", happened="occurred_at") }}
