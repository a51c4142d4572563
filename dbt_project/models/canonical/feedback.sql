-- One row per scorecard, over all sources; a draft has no submission time.
{{ canonical_model("feedback", happened="submitted_at") }}
