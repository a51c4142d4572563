-- One row per link inside a message, clicked or not, over all sources.
{{ canonical_model("message_links") }}
