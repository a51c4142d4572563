-- One row per job x stage: the chance of a hire from the stage in the narrowest slice around the job that has hired
-- enough.
-- A requisition closes when it is filled, so an open one has seldom hired anybody, and its own product of rates is 0.
-- The job itself is asked first, then its job family, department and the company: the first with at least
-- forecast_pooling_hires hires in the trailing 12 months answers, with hired / reached there (the product of its
-- reached rates from the stage on). This is a reading beside the classic figure, not in place of it.
{%- set ladder = ["job", "job_family", "department", "company"] %}
with
    exploded as (
        {% for type in ladder %}
            select {{ type }}_slice as slice_id, stage_order, is_hire
            from {{ ref("int_marts__stage_observations") }}
            where is_trailing
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    rates as (
        select slice_id, stage_order, count(*) as reached_count, {{ count_where("is_hire") }} as hired_count
        from exploded
        group by slice_id, stage_order
    ),

    choices as (
        {% for type in ladder %}
            select
                job.job_key,
                {{ loop.index }} as preference,
                '{{ type }}' as pooled_slice_type,
                r.stage_order,
                cast(r.hired_count as double) / r.reached_count as pooled_rate
            from {{ ref("int_marts__job_slices") }} as job
            inner join rates as r on r.slice_id = job.{{ type }}_slice
            where r.hired_count >= {{ var("forecast_pooling_hires") }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),

    ranked as (
        select *, row_number() over (partition by job_key, stage_order order by preference) as choice_rank from choices
    )

select job_key, cast(stage_order as integer) as stage_order, pooled_slice_type, pooled_rate
from ranked
where choice_rank = 1
