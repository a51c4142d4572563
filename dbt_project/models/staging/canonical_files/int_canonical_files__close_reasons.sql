-- One row per reason for which an application is closed, from canonical files: the latest version of each.
{{ canonical_file_rows("close_reasons") }}
