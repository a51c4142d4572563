-- One row per opening, over all sources.
{{ canonical_model("openings") }}
