-- One row per stage of a job or of the tenant, over all sources.
{{ canonical_model("stages") }}
