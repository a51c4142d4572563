-- One row per merge of two candidates of a source, from canonical files: the latest version of each.
{{ canonical_file_rows("candidate_merges") }}
