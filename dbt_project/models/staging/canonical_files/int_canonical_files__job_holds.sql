-- One row per hold of a job, from canonical files: the latest version of each.
{{ canonical_file_rows("job_holds") }}
