-- One row per application (a candidate on a requisition), from canonical files: the latest version of each.
{{ canonical_file_rows("applications") }}
