-- One row per opening, from canonical files: the latest version of each.
{{ canonical_file_rows("openings") }}
