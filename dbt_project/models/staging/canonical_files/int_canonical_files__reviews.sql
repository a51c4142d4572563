-- One row per request to review a prospect or resume, from canonical files: the latest version of each.
{{ canonical_file_rows("reviews") }}
