-- One row per scorecard, over all sources; a draft has no submission time. One submitted at or after as_of is not
-- there.
{{ canonical_model("feedback", happened="submitted_at") }}
