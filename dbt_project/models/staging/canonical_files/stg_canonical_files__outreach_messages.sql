-- One row per version of a row of a canonical outreach_messages file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("outreach_messages") }}
