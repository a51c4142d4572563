-- One row per offer version, from canonical files: the latest version of each.
{{ canonical_file_rows("offers") }}
