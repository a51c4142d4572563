-- One row per scorecard, from canonical files: the latest version of each.
{{ canonical_file_rows("feedback") }}
