-- One row per message that Gem knows it sent (first outreach and follow-ups of any medium).
with
    mapped as (
        {{
            gem_messages(
                latest_version(ref("stg_gem__candidate_events"), "candidate_events"),
                "type",
                medium="coalesce(subtype, contact_medium)",
                on_behalf_of="nullif(on_behalf_of_user_id, user_id)",
            )
        }}
    )

select *
from {{ canonical_rows("outreach_messages", "mapped") }} as r
