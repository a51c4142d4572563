-- One row per period x attribute x group x stage x requisition: people who were decided there, and those who passed.
-- Only periods that ended long enough ago (diversity_maturity_days): their outcomes are counted as they stood on that
-- day, so that every later edition says the same and no difference of two editions tells of one person. Decided at a
-- stage is who passed it or was rejected there by then; who waits, withdrew or saw the position close is not: a
-- selection is the company's act. Stage `all` is the whole process: hired or rejected.
{%- set months = 3 if var("diversity_period") == "quarter" else 12 %}
with
    periods as (
        select
            application_key,
            job_key,
            department_key,
            job_family,
            status_code,
            hired_at,
            closed_at,
            {{ period_start(var("diversity_period"), "applied_at") }} as period_start_on
        from {{ ref("fct_applications") }}
        where applied_at is not null and not is_prospect
    ),

    mature as (
        select
            p.*,
            {{
                first_instant(
                    date_add_days(date_add_months("p.period_start_on", months), var("diversity_maturity_days"))
                )
            }} as counted_at
        from periods as p
    ),

    cohort as (
        select m.* from mature as m cross join {{ ref("run_clock") }} as clock where m.counted_at <= clock.as_of
    ),

    decided as (
        select
            s.application_key,
            s.stage_order,
            s.stage_code,
            case when s.is_advanced and s.advanced_at < c.counted_at then 1 else 0 end as passed
        from {{ ref("fct_application_stages") }} as s
        inner join cohort as c on c.application_key = s.application_key
        where
            s.stage_code <> 'hired'
            and (
                (s.is_advanced and s.advanced_at < c.counted_at)
                or (s.outcome_code = 'rejected' and s.outcome_at < c.counted_at)
            )
        union all
        select application_key, 1000, 'all', case when status_code = 'hired' then 1 else 0 end
        from cohort
        where (status_code = 'hired' and hired_at < counted_at) or (status_code = 'rejected' and closed_at < counted_at)
    ),

    asked as (
        select distinct c.period_start_on, e.attribute_code
        from {{ ref("answers") }} as e
        inner join cohort as c on c.application_key = e.application_key
    )

select
    c.period_start_on,
    k.attribute_code,
    coalesce(e.group_code, 'not_answered') as group_code,
    d.stage_order,
    d.stage_code,
    coalesce(c.job_key, 'none') as job_key,
    case
        when c.department_key is null then 'none' when l.department_key is null then 'unknown' else c.department_key
    end as department_key,
    coalesce(c.job_family, 'none') as job_family,
    cast(count(*) as bigint) as n_count,
    cast(sum(d.passed) as bigint) as selected_count
from decided as d
inner join cohort as c on c.application_key = d.application_key
left join {{ ref("dim_departments") }} as l on l.department_key = c.department_key
inner join asked as k on k.period_start_on = c.period_start_on
left join {{ ref("answers") }} as e on e.application_key = d.application_key and e.attribute_code = k.attribute_code
group by all
