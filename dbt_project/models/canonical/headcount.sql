-- One row per month x department x level, over all sources.
{{ canonical_model("headcount") }}
