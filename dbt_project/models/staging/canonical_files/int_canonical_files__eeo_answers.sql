-- One row per self-identification answer of an application (restricted), from canonical files: the latest version of
-- each.
{{ canonical_file_rows("eeo_answers") }}
