-- One row per source of applications, over all sources.
{{ canonical_model("sources") }}
