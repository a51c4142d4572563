-- One row per contact of Lever: the person behind opportunities. Made when the first of them was. A contact with an
-- internal application is an employee; do_not_contact where data protection forbids it on any of them.
select
    {{
        canonical_select(
            "candidates",
            {
                "candidate_id": "c.candidate_id",
                "created_at": "c.created_at",
                "is_internal": "c.is_internal",
                "do_not_contact": "c.do_not_contact",
            },
            "c",
        )
    }}
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
