-- One row per interview x interviewer, from canonical files: the latest version of each.
{{ canonical_file_rows("interviews") }}
