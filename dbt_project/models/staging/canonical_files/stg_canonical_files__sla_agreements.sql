-- One row per version of a row of a canonical sla_agreements file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("sla_agreements") }}
