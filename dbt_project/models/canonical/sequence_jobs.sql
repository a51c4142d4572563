-- One row per dated link of a sequence to a job, over all sources. A link made at or after as_of is not there; one undone at or after it still holds.
{{ canonical_model("sequence_jobs", happened="linked_at", clear=["unlinked_at"]) }}
