-- One row per version of a row of hire_outcomes in a file, parsed once; columns as vars.canonical_tables says.
{{ stage_canonical_file("hire_outcomes") }}
