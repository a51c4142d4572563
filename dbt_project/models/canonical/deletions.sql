-- One row per deleted thing of a source, over all sources.
{{ canonical_model("deletions", happened="deleted_at") }}
