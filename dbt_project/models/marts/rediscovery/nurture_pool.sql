-- One row per job family with somebody contacted in the last 12 months.
-- Nurtured (concepts.md "Nurtured"): contacted in the 365 days before as_of for a requisition of the family, not in
-- process, not hired, contactable (has not asked otherwise, has not unsubscribed, within retention). Who is talked to
-- by somebody right now is nurtured too, so the rules of engagement do not count here. replied_count are those of them
-- who answered such a message.
with
    contacted as (
        select
            coalesce(j.job_family, 'none') as job_family,
            m.person_key,
            max(m.sent_at) as last_sent_at,
            {{ any_true("m.is_replied") }} as is_replied,
            {{ any_true("m.is_interested") }} as is_interested
        from {{ ref("int_marts__outreach_contacts") }} as m
        cross join {{ ref("run_clock") }} as clock
        left join {{ ref("dim_jobs") }} as j on m.job_key = j.job_key
        where m.sent_at >= {{ add_days("clock.as_of", -365) }} and m.sent_at < clock.as_of
        group by coalesce(j.job_family, 'none'), m.person_key
    ),

    judged as (
        select
            c.*,
            not coalesce(
                s.is_in_process or s.is_hired or s.is_internal or s.is_do_not_contact or s.is_unsubscribed, false
            )
            and {{ add_days("c.last_sent_at", var("retention_days")) }} > clock.as_of as is_nurtured
        from contacted as c
        cross join {{ ref("run_clock") }} as clock
        left join {{ ref("int_marts__person_standing") }} as s on c.person_key = s.candidate_key
    )

select
    j.job_family,
    count(*) as contacted_count,
    {{ count_where("is_nurtured") }} as nurtured_count,
    {{ count_where("is_nurtured and is_replied") }} as replied_count,
    {{ count_where("is_nurtured and is_interested") }} as interested_count,
    clock.as_of
from judged as j
cross join {{ ref("run_clock") }} as clock
group by j.job_family, clock.as_of
