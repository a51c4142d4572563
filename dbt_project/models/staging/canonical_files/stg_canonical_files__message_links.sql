-- One row per version of a row of a canonical message_links file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("message_links") }}
