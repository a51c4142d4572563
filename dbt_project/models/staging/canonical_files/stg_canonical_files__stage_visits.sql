-- One row per version of a row of stage_visits in a file, parsed once; columns as vars.canonical_tables says.
{{ stage_canonical_file("stage_visits") }}
