-- One row per month of the request x hiring manager with a request to review a profile or resume
-- (int_marts__manager_reviews).
-- Approved and refused are what became of the requests of the month by as_of, also where nobody says when. Approved,
-- then rejected: the company
-- turned the candidate down after the manager had approved, whoever did; the sign that recruiter and manager do not
-- look for the same. Requests that name no manager count under none.
select
    {{ period_start("month", "r.requested_at") }} as month,
    coalesce(r.hiring_manager_key, 'none') as hiring_manager_key,
    count(*) as requested_count,
    {{ count_where("r.decision_code = 'approved'") }} as approved_count,
    {{ count_where("r.decision_code = 'refused'") }} as refused_count,
    {{ count_where("r.decided_at is null and r.decision_code is null") }} as undecided_count,
    {{ count_where("r.decision_code = 'approved' and a.status_code = 'rejected'") }} as approved_then_rejected_count,
    {{
        rate(
            count_where("r.decision_code = 'approved'"),
            count_where("r.decision_code in ('approved', 'refused')"),
        )
    }} as approved_rate,
    {{ median("r.review_hours") }} as decision_hours_median,
    {{ count_where("r.is_from_stage") }} as from_stage_count,
    max(clock.as_of) as as_of
from {{ ref("int_marts__manager_reviews") }} as r
cross join {{ ref("run_clock") }} as clock
left join
    {{ ref("fct_applications") }} as a
    on r.application_key = a.application_key
    and (a.closed_at is null or a.closed_at >= r.decided_at)
where r.requested_at is not null
group by {{ period_start("month", "r.requested_at") }}, coalesce(r.hiring_manager_key, 'none')
