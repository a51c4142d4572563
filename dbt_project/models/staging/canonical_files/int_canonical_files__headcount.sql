-- One row per month x department x level, from canonical files: the latest version of each.
{{ canonical_file_rows("headcount") }}
