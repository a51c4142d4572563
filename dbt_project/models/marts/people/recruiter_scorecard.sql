-- One row per recruiter x quarter with anything of theirs in it.
-- Credit as in fct_applications; requisitions go to who held the role at the quarter's end. open_requisitions_count
-- and active_count are the state at the end of the quarter (at as_of in the last), the other counts are activity:
-- dated in the quarter. The two rates are cohorts: of the applications whose first recruiter screen was in the quarter
-- the share that went on to an interview (phone interview or beyond) by now, and of the offers first extended in it
-- and answered the share accepted. So a rate is not one of the activity counts over another.
with
    quarters as (
        select d.date_on as quarter, least({{ first_instant(date_add_months("d.date_on", 3)) }}, clock.as_of) as ends_at
        from {{ ref("dim_dates") }} as d
        cross join {{ ref("run_clock") }} as clock
        where d.date_on = d.quarter_on and {{ first_instant("d.date_on") }} < clock.as_of
    ),

    requisitions as (
        select c.recruiter_key, q.quarter, count(*) as open_requisitions_count
        from {{ ref("dim_jobs") }} as j
        inner join quarters as q on j.opened_at < q.ends_at and (j.closed_at is null or j.closed_at >= q.ends_at)
        inner join
            {{ ref("int_core__job_credit") }} as c
            on j.job_key = c.job_key
            and c.from_at <= q.ends_at
            and q.ends_at < c.to_at
        where
            j.job_class = 'role'
            and c.recruiter_key is not null
            -- closed or not open yet, and nobody knows since when
            and (j.closed_at is not null or j.status in ('open', 'on_hold'))
            and not coalesce(j.previous_closed_at < q.ends_at and q.ends_at <= j.reopened_at, false)
        group by c.recruiter_key, q.quarter
    ),

    stays as (
        select
            recruiter_key,
            {{ period_start("quarter", "applied_at") }} as quarter,
            case
                when status_code <> 'active'
                then {{ period_start("quarter", "coalesce(closed_at, hired_at, applied_at)") }}
            end as ended_quarter,
            count(*) as applications_count
        from {{ ref("fct_applications") }}
        where not is_prospect and recruiter_key is not null and applied_at is not null
        group by 1, 2, 3
    ),

    applications as (
        select recruiter_key, quarter, sum(applications_count) as applications_count
        from stays
        group by recruiter_key, quarter
    ),

    active as (
        select s.recruiter_key, q.quarter, sum(s.applications_count) as active_count
        from stays as s
        inner join quarters as q on s.quarter <= q.quarter and (s.ended_quarter is null or s.ended_quarter > q.quarter)
        group by s.recruiter_key, q.quarter
    ),

    {#- First entries into the screen and into an interview; the screened with how far they came. -#}
    entries as (
        select
            s.application_key,
            max(s.recruiter_key) as recruiter_key,
            min(case when s.stage_code = 'recruiter_screen' then s.entered_at end) as screened_at,
            min(case when s.stage_code in ('phone_interview', 'onsite') then s.entered_at end) as interviewed_at,
            max(case when s.stage_order >= interview.stage_order then 1 else 0 end) as has_interview
        from {{ ref("fct_application_stages") }} as s
        inner join {{ ref("dim_stages") }} as interview on interview.stage_code = 'phone_interview'
        where s.recruiter_key is not null and s.stage_code <> 'applied'
        group by s.application_key
    ),

    screens as (
        select
            recruiter_key,
            {{ period_start("quarter", "screened_at") }} as quarter,
            count(*) as screens_count,
            sum(has_interview) as screened_then_interviewed_count
        from entries
        where screened_at is not null
        group by recruiter_key, {{ period_start("quarter", "screened_at") }}
    ),

    interviews as (
        select recruiter_key, {{ period_start("quarter", "interviewed_at") }} as quarter, count(*) as interviews_count
        from entries
        where interviewed_at is not null
        group by recruiter_key, {{ period_start("quarter", "interviewed_at") }}
    ),

    extended as (
        select
            recruiter_key,
            {{ period_start("quarter", "cohort_at") }} as quarter,
            count(*) as offers_extended_count,
            {{ count_where("status_code = 'accepted'") }} as cohort_accepted_count,
            {{ count_where("status_code in ('accepted', 'declined', 'expired')") }} as cohort_answered_count
        from {{ ref("fct_offers") }}
        where recruiter_key is not null and cohort_at is not null
        group by recruiter_key, {{ period_start("quarter", "cohort_at") }}
    ),

    accepted as (
        select recruiter_key, {{ period_start("quarter", "resolved_at") }} as quarter, count(*) as offers_accepted_count
        from {{ ref("fct_offers") }}
        where
            recruiter_key is not null
            and status_code = 'accepted'
            and resolved_at is not null
            and not is_resolution_inferred
        group by recruiter_key, {{ period_start("quarter", "resolved_at") }}
    ),

    rows_of_all as (
        {% for part in ["requisitions", "applications", "active", "screens", "interviews", "extended", "accepted"] %}
            select recruiter_key, quarter
            from {{ part }}
            {% if not loop.last %}
                union
            {% endif %}
        {% endfor %}
    )

select
    r.recruiter_key,
    r.quarter,
    coalesce(q.open_requisitions_count, 0) as open_requisitions_count,
    cast(coalesce(c.active_count, 0) as bigint) as active_count,
    cast(coalesce(a.applications_count, 0) as bigint) as applications_count,
    coalesce(s.screens_count, 0) as screens_count,
    coalesce(i.interviews_count, 0) as interviews_count,
    coalesce(e.offers_extended_count, 0) as offers_extended_count,
    coalesce(y.offers_accepted_count, 0) as offers_accepted_count,
    cast(coalesce(s.screened_then_interviewed_count, 0) as bigint) as screened_then_interviewed_count,
    {{ rate_columns("screen_to_interview_rate", "s.screened_then_interviewed_count", "s.screens_count") }},
    {{ rate_columns("offer_acceptance_rate", "e.cohort_accepted_count", "e.cohort_answered_count") }},
    clock.as_of
from rows_of_all as r
{% for alias, part in {
        "q": "requisitions",
        "c": "active",
        "a": "applications",
        "s": "screens",
        "i": "interviews",
        "e": "extended",
        "y": "accepted",
    }.items() %}
    left join
        {{ part }} as {{ alias }} on r.recruiter_key = {{ alias }}.recruiter_key and r.quarter = {{ alias }}.quarter
{% endfor %}
cross join {{ ref("run_clock") }} as clock
