-- One row per stay of an application in a stage (with a real entry time), over all sources.
{{ canonical_model("stage_visits") }}
