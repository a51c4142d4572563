-- One row per version of a row of message_links in a file, parsed once; columns as vars.canonical_tables says.
{{ stage_canonical_file("message_links") }}
