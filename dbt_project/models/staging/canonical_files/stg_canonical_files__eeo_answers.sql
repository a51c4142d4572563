-- One row per version of a row of a canonical eeo_answers file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("eeo_answers") }}
