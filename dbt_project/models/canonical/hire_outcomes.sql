-- One row per hire and what became of it, over all sources.
{{ canonical_model("hire_outcomes") }}
