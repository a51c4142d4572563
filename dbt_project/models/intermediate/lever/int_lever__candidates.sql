-- One row per contact of Lever: the person behind opportunities.
with
    mapped as (
        select c.source_system, c.candidate_id, c.created_at, c.is_internal, c.do_not_contact, c.observed_at
        from
            (
                select
                    source_system,
                    coalesce(contact_id, record_id) as candidate_id,
                    min(created_at) as created_at,
                    max(observed_at) as observed_at,
                    bool_or(coalesce(origin = 'internal', false)) as is_internal,
                    bool_or(coalesce(not is_contactable, false)) as do_not_contact
                from {{ ref("int_lever__opportunities") }}
                group by all
            ) as c
    )

select *
from {{ canonical_rows("candidates", "mapped") }} as r
