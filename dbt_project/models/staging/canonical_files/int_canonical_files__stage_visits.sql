-- One row per stay of an application in a stage (with a real entry time), from canonical files: the latest version of
-- each.
{{ canonical_file_rows("stage_visits") }}
