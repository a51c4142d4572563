-- One row per dated link of a sequence to a job, from canonical files: the latest version of each.
{{ canonical_file_rows("sequence_jobs") }}
