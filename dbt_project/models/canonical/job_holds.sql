-- One row per hold of a job, over all sources.
{{ canonical_model("job_holds") }}
