-- One row per self-identification answer of an application (restricted), over all sources. One given at or after
-- as_of is not there.
{{ canonical_model("eeo_answers", happened="answered_at") }}
