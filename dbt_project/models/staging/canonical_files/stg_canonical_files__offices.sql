-- One row per version of a row of a canonical offices file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("offices") }}
