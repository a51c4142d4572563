-- One row per dated role of a user on a job, over all sources; roles without dates hold always.
{{ canonical_model("job_team", happened="assigned_at", clear=["unassigned_at"]) }}
