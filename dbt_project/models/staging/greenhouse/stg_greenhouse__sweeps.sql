-- One row per page of ids of a sweep: all ids of an entity as Greenhouse listed them at one time, parsed once. Only
-- the last page of an entity has the totals (parts, total): without it the sweep was cut short.
{{
    stage_stream(
        "greenhouse",
        "sweeps",
        [
            "entity",
            "swept_at:timestamp",
            "part:integer",
            "ids:list",
            "parts:integer",
            "total:integer",
        ],
    )
}}
