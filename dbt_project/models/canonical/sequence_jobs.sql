-- One row per dated link of a sequence to a job, over all sources.
{{ canonical_model("sequence_jobs") }}
