-- One row per version of a row of a canonical hire_outcomes file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("hire_outcomes") }}
