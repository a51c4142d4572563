-- One row per scorecard, over all sources.
{{ canonical_model("feedback") }}
