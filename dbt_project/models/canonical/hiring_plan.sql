-- One row per line of the hiring plan, over all sources.
{{ canonical_model("hiring_plan") }}
