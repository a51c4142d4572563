-- One row per version of a row of a canonical job_team file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("job_team") }}
