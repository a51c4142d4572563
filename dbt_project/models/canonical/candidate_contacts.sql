-- One row per identifier of a candidate (restricted), over all sources.
{{ canonical_model("candidate_contacts") }}
