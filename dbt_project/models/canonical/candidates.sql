-- One row per candidate in a source, over all sources.
{{ canonical_model("candidates", happened="created_at") }}
