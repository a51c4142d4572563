-- One row per request to a hiring manager to look at a profile or resume.
-- As the source keeps them (fct_reviews); of a source that keeps none, each stay in hm_review is one, approved when it
-- went on to a later stage and refused when it ended in a rejection; who withdrew or was closed meanwhile was never
-- decided on, who was moved elsewhere was answered without a word. Who was asked owes the answer; where a request names
-- nobody, the hiring manager credited with the application (also one that came of the profile later), else with the
-- requisition. is_managers: they are that hiring manager, so that the answer is the hiring manager's to give; where
-- nobody is known to be, who was asked stands for them.
with
    keepers as (
        select distinct j.source_system
        from {{ ref("fct_reviews") }} as r
        inner join {{ ref("dim_jobs") }} as j on r.job_key = j.job_key
    ),

    applied_later as (
        select
            r.review_key,
            a.application_key,
            row_number() over (partition by r.review_key order by a.applied_at, a.application_key) as place
        from {{ ref("fct_reviews") }} as r
        inner join
            {{ ref("fct_applications") }} as a
            on r.candidate_key = a.candidate_key
            and r.job_key = a.job_key
            and not a.is_prospect
            and a.applied_at >= r.requested_at
        where r.application_key is null
    ),

    placed as (
        select r.*, coalesce(r.application_key, l.application_key) as of_application_key
        from {{ ref("fct_reviews") }} as r
        left join applied_later as l on r.review_key = l.review_key and l.place = 1
    ),

    kept as (
        select
            r.review_key,
            coalesce(r.reviewer_key, a.hiring_manager_key, j.hiring_manager_key) as hiring_manager_key,
            coalesce(r.reviewer_key = coalesce(a.hiring_manager_key, j.hiring_manager_key), true) as is_managers,
            r.job_key,
            r.of_application_key as application_key,
            r.requested_at,
            r.decided_at,
            r.decision_code,
            r.review_hours,
            false as is_from_stage
        from placed as r
        left join {{ ref("dim_jobs") }} as j on r.job_key = j.job_key
        left join {{ ref("fct_applications") }} as a on r.of_application_key = a.application_key
    )

select *
from kept
union all
select
    v.visit_key as review_key,
    a.hiring_manager_key,
    true as is_managers,
    a.job_key,
    v.application_key,
    v.entered_at as requested_at,
    case when v.exit_code in ('advanced', 'rejected', 'moved', 'moved_back') then v.exited_at end as decided_at,
    case v.exit_code when 'advanced' then 'approved' when 'rejected' then 'refused' end as decision_code,
    case
        when v.exit_code in ('advanced', 'rejected', 'moved', 'moved_back')
        then {{ duration_days("v.entered_at", "v.exited_at") }} * 24
    end as review_hours,
    true as is_from_stage
from {{ ref("fct_stage_visits") }} as v
inner join {{ ref("fct_applications") }} as a on v.application_key = a.application_key and not a.is_prospect
left join keepers as k on a.source_system = k.source_system
where v.stage_code = 'hm_review' and k.source_system is null
