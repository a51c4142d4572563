-- One row per outreach sequence x step.
-- Recipients are the people who got the step, so a later step is about fewer and other people than an earlier one:
-- steps do not add up to the sequence. A reply belongs to the message it answers, the latest sent before it.
with
    counted as (
        {{
            outreach_counts(
                "(select * from "
                ~ ref("int_marts__outreach_contacts")
                ~ " where sequence_key is not null and step_number is not null) as messages",
                ["sequence_key", "step_number"],
            )
        }}
    )

select c.sequence_key, d.sequence_name, c.step_number, {{ outreach_columns("c") }}, clock.as_of
from counted as c
left join {{ ref("dim_sequences") }} as d on c.sequence_key = d.sequence_key
cross join {{ ref("run_clock") }} as clock
