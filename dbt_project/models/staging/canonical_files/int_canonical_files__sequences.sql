-- One row per outreach sequence, from canonical files: the latest version of each.
{{ canonical_file_rows("sequences") }}
