-- One row per requisition, over all sources.
{{ canonical_model("jobs") }}
