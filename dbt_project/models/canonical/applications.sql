-- One row per application (a candidate on a requisition), over all sources.
{{ canonical_model("applications") }}
