-- One row per office of a source, from canonical files: the latest version of each.
{{ canonical_file_rows("offices") }}
