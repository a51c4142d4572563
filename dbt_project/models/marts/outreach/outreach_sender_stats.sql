-- One row per sender of outreach messages ('none' where the source does not say), and one for all together
-- (sender_key all).
-- The sender is who wrote, also when it was in a hiring manager's name. sobo_lift is the difference between the reply
-- rates of people written to on behalf of somebody else and of those written to in the sender's own name, compared
-- within each sequence and then pooled (Mantel-Haenszel): the raw difference would mostly tell for which roles mails
-- are sent on behalf. Null where no sequence has both ways.
with
    messages as (
        select coalesce(sender_key, 'none') as sender_or_none, *
        from {{ ref("int_marts__outreach_contacts") }}
        union all
        select 'all' as sender_or_none, *
        from {{ ref("int_marts__outreach_contacts") }}
    ),

    counted as ({{ outreach_counts("messages", ["sender_or_none"]) }}),

    strata as (
        select sender_key, sequence_key, exposed_count, exposed_successes, other_count, other_successes
        from {{ ref("int_marts__outreach_sobo_strata") }}
        union all
        select
            'all' as sender_key,
            sequence_key,
            cast(sum(exposed_count) as bigint) as exposed_count,
            cast(sum(exposed_successes) as bigint) as exposed_successes,
            cast(sum(other_count) as bigint) as other_count,
            cast(sum(other_successes) as bigint) as other_successes
        from {{ ref("int_marts__outreach_sobo_strata") }}
        group by sequence_key
    ),

    ways as (
        select
            sender_key,
            cast(sum(exposed_count) as bigint) as sobo_recipients_count,
            cast(sum(exposed_successes) as bigint) as sobo_replied_count,
            cast(sum(other_count) as bigint) as own_recipients_count,
            cast(sum(other_successes) as bigint) as own_replied_count
        from strata
        group by sender_key
    ),

    lifts as ({{ mantel_haenszel_difference("strata", ["sender_key"]) }})

select
    c.sender_or_none as sender_key,
    case
        c.sender_or_none when 'all' then 'All senders' when 'none' then 'Not recorded' else u.user_name
    end as sender_name,
    c.sender_or_none = 'all' as is_total,
    {{ outreach_columns("c") }},
    coalesce(w.sobo_recipients_count, 0) as sobo_recipients_count,
    coalesce(w.sobo_replied_count, 0) as sobo_replied_count,
    {{ rate("w.sobo_replied_count", "w.sobo_recipients_count") }} as sobo_replied_rate,
    coalesce(w.own_recipients_count, 0) as own_recipients_count,
    coalesce(w.own_replied_count, 0) as own_replied_count,
    {{ rate("w.own_replied_count", "w.own_recipients_count") }} as own_replied_rate,
    coalesce(l.strata_count, 0) as sobo_sequences_count,
    l.difference as sobo_lift,
    l.difference_low as sobo_lift_low,
    l.difference_high as sobo_lift_high,
    clock.as_of
from counted as c
left join ways as w on c.sender_or_none = w.sender_key
left join lifts as l on c.sender_or_none = l.sender_key
left join {{ ref("dim_users") }} as u on c.sender_or_none = u.user_key
cross join {{ ref("run_clock") }} as clock
