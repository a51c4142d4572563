-- One row per hire and what became of it, from canonical files: the latest version of each.
{{ canonical_file_rows("hire_outcomes") }}
