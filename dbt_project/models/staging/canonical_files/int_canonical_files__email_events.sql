-- One row per event of a message, from canonical files: the latest version of each.
{{ canonical_file_rows("email_events") }}
