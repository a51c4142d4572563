-- One row per line of the hiring plan, from canonical files: the latest version of each.
{{ canonical_file_rows("hiring_plan") }}
