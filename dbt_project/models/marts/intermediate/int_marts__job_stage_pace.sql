-- One row per open requisition x stage: who is there, the chance of a hire from there, and the days to it. At hired are
-- those who accepted and are not yet called hired, unless they fill a seat already: their chance is 1.
-- The chance is int_marts__job_pooled_rates'. The days are the sum over the stages from there on of the mean days of
-- those who advanced, each of the narrowest of job, job family and department with at least forecast_pooling_hires of
-- them in the trailing 12 months, else the company's: an open requisition has seldom seen its last stages.
{%- set ladder = ["job", "job_family", "department", "company"] %}
with
    paces as (
        {% for type in ladder %}
            select
                {{ type }}_slice as slice_id,
                stage_order,
                {{ mean_days("days_in_stage") }} as mean_days,
                count(*) as advanced_count
            from {{ ref("int_marts__stage_observations") }}
            where is_trailing and outcome_number = 1 and not is_time_censored and days_in_stage is not null
            group by {{ type }}_slice, stage_order
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    stages as (
        select
            j.job_key, l.stage_code, l.stage_order, s.job_slice, s.job_family_slice, s.department_slice, s.company_slice
        from {{ ref("dim_jobs") }} as j
        inner join {{ ref("dim_job_stages") }} as l on j.job_key = l.job_key
        inner join {{ ref("int_marts__job_slices") }} as s on j.job_key = s.job_key
        where j.status in ('open', 'on_hold')
    ),

    timed as (
        select
            s.job_key,
            s.stage_code,
            s.stage_order,
            coalesce({%- for type in ladder %}{{ type }}_pace.mean_days, {% endfor -%} 0) as stage_days
        from stages as s
        {% for type in ladder %}
            left join
                paces as {{ type }}_pace
                on {{ type }}_pace.slice_id = s.{{ type }}_slice
                and {{ type }}_pace.stage_order = s.stage_order
                {%- if type != "company" %}
                    and {{ type }}_pace.advanced_count >= {{ var("forecast_pooling_hires") }}
                {%- endif %}
        {% endfor %}
    )

select
    t.job_key,
    t.stage_code,
    t.stage_order,
    coalesce(f.active_count, 0)
    - case when t.stage_code = 'hired' then coalesce(h.seated_count, 0) else 0 end as active_count,
    case when t.stage_code = 'hired' then 1.0 else p.pooled_rate end as chance,
    sum(t.stage_days) over (
        partition by t.job_key order by t.stage_order desc rows between unbounded preceding and current row
    ) as days_to_hire
from timed as t
left join {{ ref("int_marts__hires_pending") }} as h on t.job_key = h.job_key
left join {{ ref("int_marts__job_forecast") }} as f on t.job_key = f.job_key and t.stage_code = f.stage_code
left join {{ ref("int_marts__job_pooled_rates") }} as p on t.job_key = p.job_key and t.stage_order = p.stage_order
