-- One row per version of a row of email_events in a file, parsed once; columns as vars.canonical_tables says.
{{ stage_canonical_file("email_events") }}
