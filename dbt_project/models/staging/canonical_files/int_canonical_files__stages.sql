-- One row per stage of a job or of the tenant, from canonical files: the latest version of each.
{{ canonical_file_rows("stages") }}
