-- One row per interview x interviewer, over all sources.
{{ canonical_model("interviews") }}
