-- One row per version of a row of sla_agreements in a file, parsed once; columns as vars.canonical_tables says.
{{ stage_canonical_file("sla_agreements") }}
