-- One row per offer version, over all sources.
{{ canonical_model("offers") }}
