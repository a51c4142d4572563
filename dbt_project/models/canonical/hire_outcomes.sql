-- One row per hire and what became of it, over all sources. Days after as_of are taken as known: a start is planned
-- before it happens.
{{ canonical_model("hire_outcomes") }}
