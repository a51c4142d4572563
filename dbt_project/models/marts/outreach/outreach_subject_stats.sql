-- One row per subject line x job family of the requisition that the message was for.
-- Subjects are compared without Re:, Fwd: and the like and with single blanks. Follow-ups share the subject of their
-- thread, so of a person's messages in a sequence under one subject only the first speaks for it: its own opens,
-- clicks and replies. A message whose template's subject is not known is in no row.
with
    subjects as (
        select subject_text, {{ normal_subject("subject_text") }} as subject_key
        from {{ ref("int_marts__outreach_contacts") }}
        where subject_text is not null
        group by subject_text
    ),

    ranked as (
        select
            c.*,
            s.subject_key,
            coalesce(j.job_family, 'none') as job_family,
            row_number() over (
                partition by c.person_key, c.sequence_key, s.subject_key order by c.sent_at, c.message_key
            ) as thread_rank
        from {{ ref("int_marts__outreach_contacts") }} as c
        inner join subjects as s on c.subject_text = s.subject_text
        left join {{ ref("dim_jobs") }} as j on c.job_key = j.job_key
        where s.subject_key <> ''
    ),

    counted as (
        {{ outreach_counts("(select * from ranked where thread_rank = 1) as openers", ["subject_key", "job_family"]) }}
    ),

    sequences as (
        select subject_key, job_family, count(distinct sequence_key) as sequences_count
        from ranked
        group by subject_key, job_family
    )

select c.subject_key as subject_text, c.job_family, s.sequences_count, {{ outreach_columns("c") }}, clock.as_of
from counted as c
inner join sequences as s on c.subject_key = s.subject_key and c.job_family = s.job_family
cross join {{ ref("run_clock") }} as clock
