-- One row per version of a row of a canonical stage_visits file, parsed once; columns as in canonical_spec.
{{ stage_canonical_file("stage_visits") }}
