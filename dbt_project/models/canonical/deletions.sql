-- One row per deleted thing of a source, over all sources. A deletion at or after as_of has not happened.
{{ canonical_model("deletions", happened="deleted_at") }}
