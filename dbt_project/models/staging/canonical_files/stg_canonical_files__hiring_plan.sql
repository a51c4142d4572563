-- One row per version of a row of a canonical hiring_plan file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("hiring_plan") }}
