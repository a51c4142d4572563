-- One row per event in the life of a candidate, from the ATS, the CRM and email.
-- Each fact gives its dated moments. The key is the fact's own key with the moment's code, so it is as stable as
-- theirs.
with
    applications as (
        select application_key, source_system, candidate_key, job_key, is_prospect, applied_at, status_code, closed_at
        from {{ ref("fct_applications") }}
    ),
    moments as (
        select
            application_key as fact_key,
            application_key,
            null as actor_key,
            'applied' as activity_code,
            applied_at as occurred_at
        from applications
        where applied_at is not null and not is_prospect
        union all
        select application_key, application_key, null, 'application_' || status_code, closed_at
        from applications
        where closed_at is not null
        union all
        select visit_key, application_key, null, 'stage_entered', entered_at
        from {{ ref("fct_stage_visits") }}
        union all
        select interview_key, application_key, interviewer_key, 'interview', starts_at
        from {{ ref("fct_interviews") }}
        where starts_at is not null and status_code not like 'cancel%'
        union all
        select interview_key, application_key, interviewer_key, 'feedback', feedback_submitted_at
        from {{ ref("fct_interviews") }}
        where feedback_submitted_at is not null
        union all
        select offer_key, application_key, null, 'offer_extended', extended_at
        from {{ ref("fct_offers") }}
        where extended_at is not null
        union all
        select offer_key, application_key, null, 'offer_' || status_code, resolved_at
        from {{ ref("fct_offers") }}
        where resolved_at is not null and not is_resolution_inferred
    ),
    in_process as (
        select
            m.fact_key,
            a.candidate_key,
            m.application_key,
            a.job_key,
            m.actor_key,
            m.activity_code,
            m.occurred_at,
            a.source_system
        from moments as m
        inner join applications as a on a.application_key = m.application_key
    ),
    messages as (
        select
            message_key,
            candidate_key,
            job_key,
            coalesce(on_behalf_of_key, sender_key) as actor_key,
            sent_at,
            first_replied_at,
            source_system
        from {{ ref("fct_outreach_messages") }}
    ),
    reviews as (
        select
            r.review_key,
            r.candidate_key,
            r.application_key,
            r.job_key,
            r.reviewer_key,
            r.requested_at,
            r.decided_at,
            j.source_system
        from {{ ref("fct_reviews") }} as r
        left join {{ ref("dim_jobs") }} as j on j.job_key = r.job_key
    ),
    around as (
        select
            message_key as fact_key,
            candidate_key,
            null as application_key,
            job_key,
            actor_key,
            'message_sent' as activity_code,
            sent_at as occurred_at,
            source_system
        from messages
        union all
        select message_key, candidate_key, null, job_key, null, 'replied', first_replied_at, source_system
        from messages
        where first_replied_at is not null
        union all
        select
            review_key, candidate_key, application_key, job_key, null, 'review_requested', requested_at, source_system
        from reviews
        where requested_at is not null
        union all
        select
            review_key,
            candidate_key,
            application_key,
            job_key,
            reviewer_key,
            'review_decided',
            decided_at,
            source_system
        from reviews
        where decided_at is not null
        union all
        select
            {{ key("activity", ["c.source_system", "c.activity_id"]) }},
            p.candidate_key,
            null,
            {{ optional_key("job", ["c.source_system", "c.job_id"]) }},
            {{ optional_key("user", ["c.source_system", "c.actor_id"]) }},
            c.activity_code,
            c.occurred_at,
            c.source_system
        from {{ ref("crm_activities") }} as c
        left join {{ ref("person_map") }} as p on p.source_system = c.source_system and p.candidate_id = c.candidate_id
    ),
    all_events as (
        select *
        from in_process
        union all
        select *
        from around
    )

select
    fact_key || '-' || activity_code as activity_key,
    candidate_key,
    application_key,
    job_key,
    actor_key,
    activity_code,
    occurred_at,
    source_system
from all_events
