-- One row per outreach sequence.
-- Counts are people, except messages: who opened, clicked, replied to any message of the sequence, whatever the step.
-- A cohort view over all time: everybody the sequence ever wrote to, whatever came later (outreach_cohorts has it by
-- month, sourcing_activity counts the events of a week).
with
    counted as (
        {{
            outreach_counts(
                "(select * from "
                ~ ref("int_marts__outreach_contacts")
                ~ " where sequence_key is not null) as messages",
                ["sequence_key"],
            )
        }}
    ),

    spans as (
        select
            sequence_key,
            min(sent_at) as first_sent_at,
            max(sent_at) as last_sent_at,
            max(job_key) as job_key,
            count(distinct job_key) as jobs_count,
            cast(max(step_number) as integer) as steps_count
        from {{ ref("int_marts__outreach_contacts") }}
        where sequence_key is not null
        group by sequence_key
    )

select
    c.sequence_key,
    d.sequence_name,
    d.owner_key,
    case when s.jobs_count = 1 then s.job_key end as job_key,
    s.steps_count,
    s.first_sent_at,
    s.last_sent_at,
    {{ outreach_columns("c") }},
    clock.as_of
from counted as c
inner join spans as s on c.sequence_key = s.sequence_key
left join {{ ref("dim_sequences") }} as d on c.sequence_key = d.sequence_key
cross join {{ ref("run_clock") }} as clock
