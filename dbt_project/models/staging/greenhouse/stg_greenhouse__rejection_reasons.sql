-- One row per version of a rejection reason as Greenhouse served it, parsed once. type_key carries the direction;
-- names and ids vary by company.
{{
    stage_stream(
        "greenhouse",
        "rejection_reasons",
        [
            "name",
            "type_key=type.key",
            "type_name=type.name",
            "created_at:timestamp",
            "updated_at:timestamp",
        ],
    )
}}
