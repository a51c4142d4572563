-- One row per dated role of a user on a job, over all sources.
{{ canonical_model("job_team") }}
