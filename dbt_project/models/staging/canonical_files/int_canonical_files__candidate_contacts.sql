-- One row per identifier of a candidate (restricted), from canonical files: the latest version of each.
{{ canonical_file_rows("candidate_contacts") }}
