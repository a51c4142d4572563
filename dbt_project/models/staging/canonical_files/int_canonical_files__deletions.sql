-- One row per deleted thing of a source, from canonical files: the latest version of each.
{{ canonical_file_rows("deletions") }}
