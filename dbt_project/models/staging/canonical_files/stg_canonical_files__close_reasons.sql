-- One row per version of a row of a canonical close_reasons file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("close_reasons") }}
