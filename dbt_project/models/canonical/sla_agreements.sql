-- One row per dated service level agreed for a job, over all sources.
{{ canonical_model("sla_agreements") }}
