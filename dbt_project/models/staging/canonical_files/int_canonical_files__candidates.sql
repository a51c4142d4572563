-- One row per candidate in a source, from canonical files: the latest version of each.
{{ canonical_file_rows("candidates") }}
