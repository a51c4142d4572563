-- One row per version of a row of a canonical candidate_contacts file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("candidate_contacts") }}
