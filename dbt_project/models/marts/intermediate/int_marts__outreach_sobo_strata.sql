-- One row per sequence x sender: people first written to on somebody's behalf and in the sender's own name, and how
-- many
-- of each replied.
-- The unit is the person in a sequence: their first message of it decides the way, a reply to any message of it counts.
-- Sending on behalf of a hiring manager (SOBO) is chosen for senior roles, so the two ways are only compared within a
-- sequence (concepts.md "SOBO lift").
with
    people as (
        select
            sequence_key,
            person_key,
            max(case when is_first_in_sequence then sender_key end) as sender_key,
            {{ any_true("is_first_in_sequence and is_on_behalf") }} as is_on_behalf,
            {{ any_true("is_replied") }} as is_replied
        from {{ ref("int_marts__outreach_contacts") }}
        where sequence_key is not null
        group by sequence_key, person_key
    )

select
    sequence_key,
    coalesce(sender_key, 'none') as sender_key,
    {{ count_where("is_on_behalf") }} as exposed_count,
    {{ count_where("is_on_behalf and is_replied") }} as exposed_successes,
    {{ count_where("not is_on_behalf") }} as other_count,
    {{ count_where("not is_on_behalf and is_replied") }} as other_successes
from people
group by sequence_key, coalesce(sender_key, 'none')
