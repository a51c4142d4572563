-- One row per request to review a prospect or resume, over all sources.
{{ canonical_model("reviews") }}
