-- One row per other act in the CRM, from canonical files: the latest version of each.
{{ canonical_file_rows("crm_activities") }}
