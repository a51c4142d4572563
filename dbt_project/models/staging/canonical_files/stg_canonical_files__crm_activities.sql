-- One row per version of a row of a canonical crm_activities file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("crm_activities") }}
