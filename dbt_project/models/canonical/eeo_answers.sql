-- One row per self-identification answer of an application (restricted), over all sources.
{{ canonical_model("eeo_answers", happened="answered_at") }}
