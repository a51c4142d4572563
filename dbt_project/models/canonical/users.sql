-- One row per user of a source, over all sources.
{{ canonical_model("users") }}
