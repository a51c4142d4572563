-- One row per month of cost of a source, over all sources.
{{ canonical_model("source_costs") }}
