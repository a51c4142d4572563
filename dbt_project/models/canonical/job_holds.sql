-- One row per hold of a job, over all sources. A hold released at or after as_of still holds.
{{ canonical_model("job_holds", happened="held_at", clear=["released_at"]) }}
