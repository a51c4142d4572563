-- One row per source of applications, from canonical files: the latest version of each.
{{ canonical_file_rows("sources") }}
