-- One row per version of a row of a canonical sequence_jobs file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("sequence_jobs") }}
