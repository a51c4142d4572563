-- One row per sequence of Gem. Which job it is for, Gem's API does not say: sequence_jobs comes from a file.
select
    {{
        canonical_select(
            "sequences",
            {
                "sequence_id": "s.record_id",
                "sequence_name": "s.name",
                "owner_id": "s.user_id",
                "created_at": "s.created_at",
            },
            "s",
        )
    }}
from {{ latest_version(ref("stg_gem__sequences"), "sequences") }} as s
