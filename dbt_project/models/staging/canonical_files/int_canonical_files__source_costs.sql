-- One row per month of cost of a source, from canonical files: the latest version of each.
{{ canonical_file_rows("source_costs") }}
