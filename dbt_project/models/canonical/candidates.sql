-- One row per candidate in a source, over all sources. One created at or after as_of is not there.
{{ canonical_model("candidates", happened="created_at") }}
