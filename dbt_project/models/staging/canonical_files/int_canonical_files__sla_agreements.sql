-- One row per dated service level agreed for a job, from canonical files: the latest version of each.
{{ canonical_file_rows("sla_agreements") }}
