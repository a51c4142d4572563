-- One row per office of a source, over all sources.
{{ canonical_model("offices") }}
