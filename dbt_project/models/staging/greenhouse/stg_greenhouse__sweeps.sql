-- One row per page of ids of a sweep: all ids of an entity as Greenhouse listed them at one time, parsed once.
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
