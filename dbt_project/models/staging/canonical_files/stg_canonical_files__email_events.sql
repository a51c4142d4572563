-- One row per version of a row of a canonical email_events file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("email_events") }}
