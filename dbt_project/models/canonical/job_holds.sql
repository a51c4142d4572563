-- One row per hold of a job, over all sources.
{{ canonical_model("job_holds", happened="held_at", clear=["released_at"]) }}
