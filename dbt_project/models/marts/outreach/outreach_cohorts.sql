-- One row per month of first contact x sequence: the cohort view of outreach.
-- The people whom the sequence first wrote to in the month, whatever came of it later. Events dated in a period are
-- sourcing_activity; the two are never mixed. A cohort is mature when its last contact had maturity_days to bring
-- something (var outreach_maturity_days).
with
    enrolled as (
        select c.*, min(c.sent_at) over (partition by c.sequence_key, c.person_key) as enrolled_at
        from {{ ref("int_marts__outreach_contacts") }} as c
        where c.sequence_key is not null
    ),

    dated as (select *, {{ period_start("month", "enrolled_at") }} as cohort_month from enrolled),

    counted as ({{ outreach_counts("dated", ["cohort_month", "sequence_key"]) }}),

    youngest as (
        select cohort_month, sequence_key, max(enrolled_at) as last_enrolled_at
        from dated
        group by cohort_month, sequence_key
    )

select
    c.cohort_month,
    c.sequence_key,
    d.sequence_name,
    d.owner_key,
    {{ outreach_columns("c") }},
    {{ add_days("y.last_enrolled_at", var("outreach_maturity_days")) }} <= clock.as_of as is_mature,
    clock.as_of
from counted as c
inner join youngest as y on c.cohort_month = y.cohort_month and c.sequence_key = y.sequence_key
left join {{ ref("dim_sequences") }} as d on c.sequence_key = d.sequence_key
cross join {{ ref("run_clock") }} as clock
