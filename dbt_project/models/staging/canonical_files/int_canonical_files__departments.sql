-- One row per department of a source, from canonical files: the latest version of each.
{{ canonical_file_rows("departments") }}
