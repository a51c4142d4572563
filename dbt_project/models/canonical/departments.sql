-- One row per department of a source, over all sources.
{{ canonical_model("departments") }}
