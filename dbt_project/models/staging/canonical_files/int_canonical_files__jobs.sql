-- One row per requisition, from canonical files: the latest version of each.
{{ canonical_file_rows("jobs") }}
