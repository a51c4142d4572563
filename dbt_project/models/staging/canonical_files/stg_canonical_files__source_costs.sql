-- One row per version of a row of a canonical source_costs file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("source_costs") }}
