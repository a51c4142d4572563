-- One row per dated role of a user on a job, over all sources; roles without dates hold always.
-- A role taken at or after as_of is not there; one given up at or after it is still held.
{{ canonical_model("job_team", happened="assigned_at", clear=["unassigned_at"]) }}
