-- One row per dated role of a user on a job, from canonical files: the latest version of each.
{{ canonical_file_rows("job_team") }}
